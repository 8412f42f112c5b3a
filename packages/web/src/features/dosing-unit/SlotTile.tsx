import type { DayHalf } from '@perista/core';
import type { ChannelStatus, DosingChannel, Pump } from '@perista/protocol/api';
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/format.ts';
import { zoneNameAt } from '../../format/zone-name.ts';
import { CalibrationDialog } from './CalibrationDialog.tsx';
import { PlanFigures } from './PlanFigures.tsx';
import { PlanForm } from './PlanForm.tsx';
import { draftOf, isSamePlan, lookAtPlan } from './plan-draft.ts';
import { SlotBadge } from './SlotBadge.tsx';
import { SlotReading } from './SlotReading.tsx';
import styles from './SlotTile.module.css';
import { slotInstant } from './slot-time.ts';
import type { PlanEdits } from './use-plan-edits.ts';

interface SlotTileProps {
  readonly half: DayHalf;
  readonly channel: DosingChannel;
  readonly status: ChannelStatus;
  readonly pump: Pump | undefined;
  readonly channelCount: number;
  readonly nowUtc: string;
  readonly edits: PlanEdits;
}

/** A slot of a channel: what has become of it today, and its plan to read or to edit in place. */
export function SlotTile({ half, channel, status, pump, channelCount, nowUtc, edits }: SlotTileProps) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const tile = useRef<HTMLLIElement>(null);
  const [isCalibrating, setIsCalibrating] = useState(false);
  const edit = pump && edits.of(channel.id);
  const state = edit ? 'edit-mode' : status[half].status;
  const dosesADay = edit?.draft.dosesADay ?? channel.daily_schedule;
  const at = slotInstant({ channel: channel.id, channelCount, dosesADay }, half, nowUtc);
  useFocusAfterEdit(tile, edit?.half === half);
  const outlook = edit && lookAtPlan(edit.draft, channel, pump.limits);
  return (
    <li
      ref={tile}
      className={`${styles.tile} ${state}`}
      style={{ '--tone': `var(--slot-${state})` } as React.CSSProperties}
      data-channel={channel.id}
    >
      <header className={styles.head}>
        <h3>{t('dosingUnit.channel', { id: channel.id })}</h3>
        <SlotBadge state={state} isPartial={!edit && status[half].partial} />
      </header>
      {edit?.half === half && outlook && (
        <PlanForm
          channel={channel}
          limits={pump.limits}
          draft={edit.draft}
          outlook={outlook}
          hasChanged={!isSamePlan(edit.before, channel)}
          onChange={(draft) => edits.change(channel.id, { ...edit, draft })}
          onEnd={() => edits.end(channel.id)}
          onCalibrate={() => setIsCalibrating(true)}
        />
      )}
      {edit && edit.half !== half && outlook && (
        <>
          <PlanFigures dose={outlook.dose} />
          <p className={styles.soft}>{t(`dosingUnit.editedIn.${edit.half}`)}</p>
        </>
      )}
      {!edit && (
        <SlotReading
          half={half}
          channel={channel}
          status={status}
          pump={pump}
          onEdit={() => edits.change(channel.id, { half, draft: draftOf(channel, i18n.language), before: channel })}
        />
      )}
      <p className={styles.time}>
        {at === null ? (
          <span className={styles.soft}>{t('dosingUnit.onceADay')}</span>
        ) : (
          <time dateTime={at}>
            {format.time(at)} <small>{zoneNameAt(at, format.zone)}</small>
          </time>
        )}
      </p>
      {isCalibrating && (
        <CalibrationDialog channel={channel} status={status} pump={pump} onClose={() => setIsCalibrating(false)} />
      )}
    </li>
  );
}

/** What had the focus goes with the form; it moves to the tile, which is there to read again. */
function useFocusAfterEdit(tile: RefObject<HTMLElement | null>, hasForm: boolean): void {
  const hadForm = useRef(hasForm);
  useLayoutEffect(() => {
    if (hadForm.current && !hasForm) tile.current?.querySelector('button')?.focus();
    hadForm.current = hasForm;
  }, [tile, hasForm]);
}
