import { DAY_MS } from '@perista/core';
import type { Plan } from '@perista/protocol/api';
import { Clock } from 'lucide-react';
import type { PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/format.ts';
import styles from './Plan.module.css';
import { type DayScale, isGiven, type PlanMark, type PlanRow } from './plan-marks.ts';

/** The smallest dose of a row is still seen beside the largest, as a part of the height. */
const LEAST_HEIGHT = 0.18;
const FULL_HEIGHT = 0.9;

interface PlanTrackProps {
  readonly row: PlanRow;
  readonly name: string;
  readonly plan: Plan;
  readonly scale: DayScale;
  /** What one mark stands for at most, ms. */
  readonly cell: number;
  readonly containerId: string | undefined;
  readonly active: PlanMark | undefined;
  readonly optionId: (mark: PlanMark) => string;
  readonly wordsOf: (mark: PlanMark) => string;
  readonly onPoint: (event: PointerEvent) => void;
}

/** The doses of one pump: a bar as high as its volume, the highest of the row filling it. */
export function PlanTrack(props: PlanTrackProps) {
  const { row, name, plan, scale, cell, containerId, active, optionId, wordsOf, onPoint } = props;
  const { t } = useTranslation('plan');
  const format = useFormat();
  const volumeOf = ({ givenMl, heldBackMl }: PlanMark) => givenMl + heldBackMl;
  const mostMl = Math.max(...row.marks.map(volumeOf));
  const doses = row.marks.flatMap((mark) => mark.doses);
  const part = doses.filter(isGiven).length;
  const given = format.ml(row.marks.reduce((sum, { givenMl }) => sum + givenMl, 0));
  const words = { count: doses.length, given };
  const sum = part === doses.length ? t('ofPump', words) : t('ofPumpPart', { ...words, part: format.number(part) });
  const runsOut = plan.containers.find(({ container_id }) => container_id === containerId)?.runs_out_at ?? null;
  const width = percent(cell / (scale.days * DAY_MS));
  return (
    // biome-ignore lint/a11y/useSemanticElements: options of a list box can be in groups of no other element
    <div className={styles.row} role="group" aria-label={`${name}: ${sum}`}>
      <div className={styles.name} aria-hidden>
        <strong>{name}</strong>
        <small>{sum}</small>
      </div>
      <div
        className={styles.track}
        style={{ backgroundSize: `${percent(1 / scale.days)} 100%` }}
        onPointerMove={onPoint}
        onPointerDown={onPoint}
        role="presentation"
      >
        <span className={styles.beyond} style={{ insetInlineEnd: percent(1 - scale.placeOf(plan.from)) }} />
        <span className={styles.beyond} style={{ insetInlineStart: percent(scale.placeOf(plan.until)) }} />
        {plan.clock_changes.map(({ at, day }) => (
          <span
            key={`${at} ${day}`}
            aria-hidden
            className={styles.changeDay}
            style={{
              insetInlineStart: percent((Date.parse(day) / DAY_MS - scale.firstDay) / scale.days),
              inlineSize: percent(1 / scale.days),
            }}
          >
            <Clock className={styles.clock} size={12} />
          </span>
        ))}
        {row.marks.map((mark) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays with the list, which names its active option
          <span
            key={mark.id}
            id={optionId(mark)}
            role="option"
            className={styles.mark}
            aria-selected={mark === active}
            aria-label={wordsOf(mark)}
            data-state={mark.state}
            style={{
              insetInlineStart: percent(mark.at),
              inlineSize: width,
              blockSize: percent(Math.max(LEAST_HEIGHT, (volumeOf(mark) / mostMl) * FULL_HEIGHT)),
            }}
          />
        ))}
        {runsOut !== null && (
          <span className={styles.runsOut} style={{ insetInlineStart: percent(scale.placeOf(runsOut)) }} />
        )}
      </div>
    </div>
  );
}

const percent = (part: number): string => `${part * 100}%`;
