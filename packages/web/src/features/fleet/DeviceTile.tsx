import type { Device } from '@perista/protocol/api';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFormat } from '../../format/format.ts';
import { AlarmMark } from './AlarmMark.tsx';
import styles from './Fleet.module.css';
import { byUrgency } from './fleet-order.ts';
import { PresenceChip } from './PresenceChip.tsx';
import { figuresOf, useFigure, useStateWord } from './use-infusion-words.ts';

interface DeviceTileProps {
  readonly device: Device;
  /** The server's clock now, ms since 1970. */
  readonly nowMs: number;
  /** The page itself hears nothing: all it shows is old. */
  readonly isCutOff: boolean;
}

/** One device at a glance; drawn anew only when it has news, or a second has passed. */
export const DeviceTile = memo(function DeviceTile({ device, nowMs, isCutOff }: DeviceTileProps) {
  const { t } = useTranslation('fleet');
  const format = useFormat();
  const figure = useFigure();
  const stateWord = useStateWord();
  const { id, presence, presenceReason, lastSeenAt, infusion } = device;
  const { leftMin, deliveredMl, percent } = figuresOf(device);
  const [alarm] = byUrgency(device.alarms);
  const age =
    lastSeenAt === null ? null : format.duration(Math.max(0, Math.round((nowMs - Date.parse(lastSeenAt)) / 1000)));
  const isStale = isCutOff || presence !== 'online';
  return (
    <Link href={`/devices/${id}`} className={styles.tile} data-priority={alarm?.priority}>
      <span className={styles.line}>
        <span className={styles.id}>{id}</span>
        <PresenceChip presence={presence} reason={presenceReason} />
      </span>
      {alarm && (
        <span className={styles.line}>
          <AlarmMark alarm={alarm} />
          <span className={styles.soft}>{alarm.message}</span>
        </span>
      )}
      <span className={styles.numbers} data-stale={isStale || undefined}>
        <span className={styles.line}>
          <span>{stateWord(infusion)}</span>
          <span>{deliveredMl === null ? '' : figure.ml(deliveredMl)}</span>
        </span>
        <span className={styles.line}>
          <span>{leftMin === null ? '' : t('remaining', { time: figure.minutes(leftMin) })}</span>
          <span>{percent === null ? '' : figure.percent(percent)}</span>
        </span>
      </span>
      <span className={styles.track} aria-hidden>
        <span
          className={styles.done}
          style={{ display: 'block', inlineSize: `${Math.min(100, Math.max(0, percent ?? 0))}%` }}
        />
      </span>
      <span className={styles.soft}>
        {age === null ? t('never') : presence === 'online' && !isCutOff ? t('age', { age }) : t('stale', { age })}
      </span>
    </Link>
  );
});
