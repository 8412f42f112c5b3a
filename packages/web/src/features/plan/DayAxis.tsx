import { DAY_MS } from '@perista/core';
import type { Ref } from 'react';
import { useFormat } from '../../format/format.ts';
import styles from './Plan.module.css';
import type { DayScale } from './plan-marks.ts';

const LABEL_PX = 60;

interface DayAxisProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly scale: DayScale;
  readonly width: number;
}

/** Names of days, as many as there is room for; the marks tell theirs themselves. */
export function DayAxis({ ref, scale, width }: DayAxisProps) {
  const format = useFormat();
  const { firstDay, days } = scale;
  const step = Math.max(1, Math.ceil((LABEL_PX * days) / Math.max(width, 1)));
  const named = Array.from({ length: days }, (_, no) => no).filter((no) => no % step === 0 && no + step <= days);
  return (
    <div ref={ref} className={styles.axis} aria-hidden>
      {named.map((no) => (
        <span key={no} style={{ insetInlineStart: `${(no / days) * 100}%` }}>
          {format.calendarDay(dayText(firstDay + no))}
        </span>
      ))}
    </div>
  );
}

const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
