import { DAY_MS } from '@perista/core';
import type { Plan, PlanDose, Pump } from '@perista/protocol/api';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { browserZone } from '../schedules/browser-zone.ts';
import { DayAxis } from './DayAxis.tsx';
import styles from './Plan.module.css';
import { PlanTable } from './PlanTable.tsx';
import { PlanTrack } from './PlanTrack.tsx';
import {
  cellMs,
  dayScale,
  MOVES,
  type Move,
  moveTo,
  nearestTo,
  type PlanMark,
  type PlanRow,
  planRows,
} from './plan-marks.ts';
import type { PlanWords } from './use-plan-words.ts';
import { useWidth } from './use-width.ts';

interface PlanTimelineProps {
  readonly plan: Plan;
  /** Those of its doses that are shown. */
  readonly doses: readonly PlanDose[];
  readonly pumps: readonly Pump[];
  readonly words: PlanWords;
  /** What its marks mean. */
  readonly children?: ReactNode;
}

/** Doses as bars on a row for each pump, to be walked along by arrow keys; and the same as a table. */
export function PlanTimeline({ plan, doses, pumps, words, children }: PlanTimelineProps) {
  const { t } = useTranslation();
  const { t: p } = useTranslation('plan');
  const id = useId();
  const axis = useRef<HTMLDivElement>(null);
  const width = useWidth(axis);
  const [activeId, setActiveId] = useState<string | null>(null);
  const [isTableOpen, setIsTableOpen] = useState(false);
  const scale = useMemo(() => dayScale(plan, browserZone(plan.timezone)), [plan]);
  const pumpIds = pumps.map((pump) => pump.id).join(' ');
  const rows = useMemo(
    () => planRows(doses, pumpIds.split(' '), scale, cellMs(scale, width)),
    [doses, pumpIds, scale, width],
  );
  const marks = rows.flatMap((row) => row.marks);
  const active = marks.find((mark) => mark.id === activeId);
  const optionId = (mark: PlanMark) => `${id}${marks.indexOf(mark)}`;

  const onKeyDown = (event: KeyboardEvent) => {
    const [first] = marks;
    const from = active ?? first;
    if (from === undefined || !isMove(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    setActiveId(moveTo(rows, from, event.key).id);
  };
  const onPoint = (row: PlanRow) => (event: PointerEvent) => {
    const { left, width: wide } = event.currentTarget.getBoundingClientRect();
    const half = cellMs(scale, width) / (scale.days * DAY_MS) / 2;
    setActiveId(nearestTo(row.marks, (event.clientX - left) / wide - half)?.id ?? null);
  };

  return (
    <>
      <div className={styles.chart}>
        <DayAxis ref={axis} scale={scale} width={width} />
        <div
          className={styles.rows}
          role="listbox"
          tabIndex={0}
          aria-label={p('chart')}
          aria-activedescendant={active === undefined ? undefined : optionId(active)}
          onFocus={() => setActiveId(active?.id ?? marks[0]?.id ?? null)}
          onKeyDown={onKeyDown}
        >
          {rows.map((row) => (
            <PlanTrack
              key={row.pumpId}
              row={row}
              name={words.nameOf(row.pumpId)}
              plan={plan}
              scale={scale}
              cell={cellMs(scale, width)}
              containerId={pumps.find((pump) => pump.id === row.pumpId)?.container.id}
              active={active}
              optionId={optionId}
              wordsOf={words.mark}
              onPoint={onPoint(row)}
            />
          ))}
        </div>
      </div>
      <p className={styles.readout}>{active === undefined ? p('hint') : words.mark(active)}</p>
      {children}
      <details open={isTableOpen} onToggle={(event) => setIsTableOpen(event.currentTarget.open)}>
        <summary>{t('plot.asTable')}</summary>
        {isTableOpen && <PlanTable rows={rows} words={words} />}
      </details>
    </>
  );
}

const isMove = (key: string): key is Move => (MOVES as readonly string[]).includes(key);
