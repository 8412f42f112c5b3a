import { isPlausible, PeristaError } from '@perista/core';
import type { Recall, ReplyKind } from '@perista/protocol/link';
import type { AgentContext } from '../agent-context.ts';
import type { EndedDose } from '../journal/dose-record.ts';
import { recordToWire } from './to-wire.ts';

/** Records of one reply: a week of them would hold up what the link is for. */
const LARGEST_PAGE = 200;

/** Where a page ended, in the order of the ends; it keeps its place when doses are forgotten or new ones end. */
interface Place {
  readonly endedAtWallMs: number;
  readonly doseId: string;
}

const PLACE = /^(-?[\d.]+)@(.+)$/;

/**
 * For a controller whose ledger was put back: what it must count again, the oldest first.
 * @throws PeristaError E402
 */
export function recall({ doses, clock }: AgentContext, { withinMs, after, limit }: Recall): ReplyKind {
  if (!(limit >= 1 && limit <= LARGEST_PAGE)) {
    throw new PeristaError('E402', `limit of Recall must be 1 to ${LARGEST_PAGE}`);
  }
  const place = after === '' ? null : parsePlace(after);
  const nowWallMs = isPlausible(clock.wallMs()) ? clock.wallMs() : doses.lastEndMs();
  const left = doses
    .endedWithin(withinMs, nowWallMs)
    .filter((dose) => place === null || compare(placeOf(dose), place) > 0)
    .sort((one, other) => compare(placeOf(one), placeOf(other)));
  const page = left.slice(0, limit);
  const last = page.at(-1);
  const recalled = page.map((dose) => ({
    record: recordToWire(dose),
    // What nobody can date is as young as it may be.
    ageMs: isPlausible(dose.end.endedAtWallMs) ? Math.max(0, nowWallMs - dose.end.endedAtWallMs) : 0,
  }));
  const next = last === undefined || page.length === left.length ? '' : formatPlace(placeOf(last));
  return { case: 'recall', value: { doses: recalled, next } };
}

const placeOf = ({ start: { doseId }, end: { endedAtWallMs } }: EndedDose): Place => ({ doseId, endedAtWallMs });

const compare = (one: Place, other: Place): number =>
  one.endedAtWallMs - other.endedAtWallMs || (one.doseId < other.doseId ? -1 : Number(one.doseId > other.doseId));

const formatPlace = ({ endedAtWallMs, doseId }: Place): string => `${endedAtWallMs}@${doseId}`;

function parsePlace(text: string): Place {
  const [, endedAtWallMs, doseId] = PLACE.exec(text) ?? [];
  if (endedAtWallMs === undefined || doseId === undefined) {
    throw new PeristaError('E402', 'after of Recall must be empty or what `next` of a page said');
  }
  return { endedAtWallMs: Number(endedAtWallMs), doseId };
}
