import { DAY_HALVES, type DayHalf } from '@perista/core';
import type { ChannelStatus, DosingChannel, DosingStatus, Pump } from '@perista/protocol/api';
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/format.ts';
import { zoneNameAt } from '../../format/zone-name.ts';
import { CalibrationDialog } from './CalibrationDialog.tsx';
import { DoseNowDialog } from './DoseNowDialog.tsx';
import { PlanFigures } from './PlanFigures.tsx';
import { PlanForm } from './PlanForm.tsx';
import { draftOf, isSamePlan, lookAtPlan } from './plan-draft.ts';
import { SlotBadge } from './SlotBadge.tsx';
import { SlotReading } from './SlotReading.tsx';
import styles from './SlotTile.module.css';
import { halfAt, slotInstant } from './slot-time.ts';
import type { PlanEdits } from './use-plan-edits.ts';

interface SlotTileProps {
  readonly half: DayHalf;
  readonly channel: DosingChannel;
  readonly status: ChannelStatus;
  readonly pump: Pump | undefined;
  /** The unit as a whole, of the same instant. */
  readonly unit: DosingStatus;
  readonly edits: PlanEdits;
}

/** A slot of a channel: what has become of it today, and its plan to read or to edit in place. */
export function SlotTile({ half, channel, status, pump, unit, edits }: SlotTileProps) {
  const { t, i18n } = useTranslation(['translation', 'dosingUnit']);
  const format = useFormat();
  const tile = useRef<HTMLLIElement>(null);
  const [isCalibrating, setIsCalibrating] = useState(false);
  const [isDosing, setIsDosing] = useState(false);
  const edit = pump && edits.of(channel.id);
  const isHalfNow = halfAt(unit.utc_time) === half;
  const isActive = activeHalf(status, unit) === half;
  const state = edit ? 'edit-mode' : isActive ? 'active' : status[half].status;
  const dosesADay = edit?.draft.dosesADay ?? channel.daily_schedule;
  const at = slotInstant({ morningS: channel.dosing_times_utc[0] ?? 0, dosesADay }, half, unit.utc_time);
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
        <h3>{t('dosingUnit:channel', { id: channel.id })}</h3>
        <SlotBadge state={state} isPartial={!edit && !isActive && status[half].partial} />
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
          <p className={styles.soft}>{t(`dosingUnit:editedIn.${edit.half}`)}</p>
        </>
      )}
      {!edit && (
        <SlotReading
          half={half}
          channel={channel}
          status={status}
          pump={pump}
          isActive={isActive}
          onDose={isHalfNow ? () => setIsDosing(true) : undefined}
          onEdit={() => edits.change(channel.id, { half, draft: draftOf(channel, i18n.language), before: channel })}
        />
      )}
      <p className={styles.time}>
        {at === null ? (
          <span className={styles.soft}>{t('dosingUnit:onceADay')}</span>
        ) : (
          <time dateTime={at}>
            {format.time(at)} <small>{zoneNameAt(at, format.zone)}</small>
          </time>
        )}
      </p>
      {isCalibrating && (
        <CalibrationDialog channel={channel} status={status} pump={pump} onClose={() => setIsCalibrating(false)} />
      )}
      {isDosing && pump && (
        <DoseNowDialog
          channel={channel}
          pump={pump}
          before={unit.queue.length + (unit.active_channel === null ? 0 : 1)}
          onClose={() => setIsDosing(false)}
        />
      )}
    </li>
  );
}

/** The tile that shows the pump of its channel as on: that of the slot, or of this half of the day where no slot is dosed. */
function activeHalf(status: ChannelStatus, { active_channel, utc_time }: DosingStatus): DayHalf | undefined {
  if (active_channel !== status.id) return undefined;
  return DAY_HALVES.find((half) => status[half].status === 'active') ?? halfAt(utc_time);
}

/** What had the focus goes with the form; it moves to the tile, which is there to read again. */
function useFocusAfterEdit(tile: RefObject<HTMLElement | null>, hasForm: boolean): void {
  const hadForm = useRef(hasForm);
  useLayoutEffect(() => {
    if (hadForm.current && !hasForm) tile.current?.querySelector<HTMLElement>(`.${styles.edit}`)?.focus();
    hadForm.current = hasForm;
  }, [tile, hasForm]);
}
