import type { Pump } from '@perista/protocol/api';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type uPlot from 'uplot';
import { Link } from 'wouter';
import { Card } from '../../design/Card.tsx';
import { Plot, type PlotOptions } from '../../design/Plot.tsx';
import type { Paint } from '../../design/paint.ts';
import { Table } from '../../design/Table.tsx';
import { type Format, useFormat } from '../../format/format.ts';
import styles from './CalibrationCard.module.css';
import { CalibrationDue } from './CalibrationDue.tsx';

/** How turns become ml: the measured points, and the band in which the truth lies. */
export function CalibrationCard({ pump }: { pump: Pump }) {
  const { id, calibration } = pump;
  const { t } = useTranslation();
  const format = useFormat();
  const points = useStable(calibration?.points);
  const errorPct = calibration?.error_pct ?? 0;
  const data = useMemo(() => bandOf(points ?? [], errorPct), [points, errorPct]);
  const options = useCallback((paint: Paint) => curveOptions(paint, format), [format]);
  if (calibration === null || points === undefined) {
    return (
      <Card
        title={t('calibration.title')}
        side={<Link href={`/pumps/${id}/calibration`}>{t('calibration.link')}</Link>}
      >
        <p>{t('calibration.none')}</p>
      </Card>
    );
  }
  const summary = t('calibration.summary', {
    origin: t(`calibration.origin.${calibration.origin}`),
    at: format.day(calibration.created_at),
    error: format.number(errorPct, 1),
  });
  return (
    <Card title={t('calibration.title')} side={<Link href={`/pumps/${id}/calibration`}>{t('calibration.link')}</Link>}>
      <p className={styles.soft}>{summary}</p>
      <CalibrationDue pump={pump} />
      <Plot label={`${t('calibration.title')}. ${summary}`} data={data} options={options} height={200} />
      <details>
        <summary>{t('plot.asTable')}</summary>
        <Table
          head={[t('calibration.speed'), t('calibration.flow'), t('calibration.perTurn')]}
          rows={points.map(({ rpm, ml_per_min }) => ({
            key: String(rpm),
            cells: [
              `${format.number(rpm, 1)} rpm`,
              format.rate(ml_per_min),
              `${format.number(ml_per_min / rpm, 4)} ml`,
            ],
          }))}
          empty=""
        />
      </details>
    </Card>
  );
}

type Points = NonNullable<Pump['calibration']>['points'];

/** The same object while it says the same: each message brings a new copy, and a plot is not drawn anew for that. */
function useStable(points: Points | undefined): Points | undefined {
  const text = points === undefined ? undefined : JSON.stringify(points);
  return useMemo(() => (text === undefined ? undefined : (JSON.parse(text) as Points)), [text]);
}

/** Speeds; flow; its upper and lower bound. */
const bandOf = (points: Points, errorPct: number): uPlot.AlignedData => [
  points.map(({ rpm }) => rpm),
  points.map(({ ml_per_min }) => ml_per_min),
  points.map(({ ml_per_min }) => ml_per_min * (1 + errorPct / 100)),
  points.map(({ ml_per_min }) => ml_per_min * (1 - errorPct / 100)),
];

function curveOptions(paint: Paint, format: Format): PlotOptions {
  const axis = { stroke: paint['ink-soft'], grid: { stroke: paint.line, width: 1 }, ticks: { show: false } };
  const edge = { stroke: 'transparent', points: { show: false } };
  return {
    cursor: { drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: (_plot, _min, max) => [0, max * 1.05] },
      y: { range: (_p, _min, max) => [0, max * 1.1] },
    },
    axes: [
      { ...axis, size: 32, values: (_plot, splits) => splits.map((rpm) => `${format.number(rpm)} rpm`), space: 70 },
      { ...axis, size: 84, values: (_plot, splits) => splits.map(format.rate) },
    ],
    series: [
      {},
      { stroke: paint.accent, width: 2, points: { show: true, size: 8, fill: paint.accent, stroke: paint.card } },
      edge,
      edge,
    ],
    bands: [{ series: [2, 3], fill: `color-mix(in srgb, ${paint.liquid} 30%, transparent)` }],
  };
}
