import type { DayHalf } from '@perista/core';
import type { DosingChannel } from '@perista/protocol/api';
import { useState } from 'react';
import type { PlanDraft } from './plan-draft.ts';

/** A channel that is edited: both its tiles show the draft, one of them has the form. */
export interface PlanEdit {
  readonly half: DayHalf;
  readonly draft: PlanDraft;
  /** The plan as it stood when the edit began. */
  readonly before: DosingChannel;
}

export interface PlanEdits {
  readonly of: (channelId: number) => PlanEdit | undefined;
  readonly change: (channelId: number, edit: PlanEdit) => void;
  readonly end: (channelId: number) => void;
}

/** Drafts live apart from what the server says, so that no refresh can overwrite one. */
export function usePlanEdits(): PlanEdits {
  const [edits, setEdits] = useState<Readonly<Record<number, PlanEdit>>>({});
  return {
    of: (channelId) => edits[channelId],
    change: (channelId, edit) => setEdits((before) => ({ ...before, [channelId]: edit })),
    end: (channelId) => setEdits(({ [channelId]: _ended, ...others }) => others),
  };
}
