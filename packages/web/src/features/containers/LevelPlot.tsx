import type { Container, ContainerLevels, LevelPoint } from '@perista/protocol/api';
import type { TFunction } from 'i18next';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type uPlot from 'uplot';
import { SelectField } from '../../design/Field.tsx';
import { Plot } from '../../design/Plot.tsx';
import type { Paint } from '../../design/paint.ts';
import { Table } from '../../design/Table.tsx';
import { type Format, useFormat } from '../../format/format.ts';
import styles from './Containers.module.css';
import { useLevels } from './container-queries.ts';
import { levelOptions } from './level-options.ts';

const SPANS = [7, 30, 90];
/** Rows of the table beside the plot. */
const MOST_ROWS = 60;

/** Level over the last days, and as it is expected to go on. */
export function LevelPlot({ container }: { container: Container }) {
  const { t } = useTranslation();
  const [span, setSpan] = useState(30);
  const levels = useLevels(container.id, span, container.level_ml);
  return (
    <section aria-label={t('containers.plot.title')}>
      <SelectField
        label={t('containers.plot.span')}
        value={span}
        onChange={(event) => setSpan(Number(event.target.value))}
      >
        {SPANS.map((count) => (
          <option key={count} value={count}>
            {t('history.days', { count })}
          </option>
        ))}
      </SelectField>
      {levels.data === undefined ? (
        <p role="status">{t('connection.loading')}</p>
      ) : (
        <Levels container={container} levels={levels.data} />
      )}
    </section>
  );
}

interface Point extends LevelPoint {
  readonly isExpected: boolean;
}

function Levels({ container, levels }: { container: Container; levels: ContainerLevels }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [at, setAt] = useState<number | null>(null);
  const points = useMemo(() => pointsOf(levels), [levels]);
  const data = useMemo(() => columnsOf(points), [points]);
  const { capacity_ml, low_ml, empty_ml } = container;
  const options = useCallback(
    (paint: Paint) => levelOptions(paint, { capacity_ml, low_ml, empty_ml }, format),
    [capacity_ml, low_ml, empty_ml, format],
  );
  const now = t('containers.plot.now', { level: format.ml(container.level_ml) });
  const shown = at === null ? undefined : points[at];
  return (
    <>
      <Plot label={`${container.product}. ${now}`} data={data} options={options} onPoint={setAt} />
      <p className={styles.soft}>{shown === undefined ? now : pointText(shown, format, t)}</p>
      <details>
        <summary>{t('plot.asTable')}</summary>
        <Table
          head={[t('ledger.when'), t('containers.plot.level'), t('containers.plot.kind')]}
          rows={points
            .slice(-MOST_ROWS)
            .toReversed()
            .map((point, index) => ({
              key: `${point.at} ${index}`,
              cells: [
                format.instant(point.at),
                format.ml(point.level_ml),
                t(point.isExpected ? 'containers.plot.forecast' : 'containers.plot.booked'),
              ],
            }))}
          empty=""
        />
      </details>
    </>
  );
}

const pointsOf = ({ past, forecast }: ContainerLevels): Point[] => [
  ...past.map((point) => ({ ...point, isExpected: false })),
  ...forecast.map((point) => ({ ...point, isExpected: true })),
];

/** Instants in s; what was booked; what is expected. */
const columnsOf = (points: readonly Point[]): uPlot.AlignedData => [
  points.map(({ at }) => Date.parse(at) / 1000),
  points.map(({ level_ml, isExpected }) => (isExpected ? null : level_ml)),
  points.map(({ level_ml, isExpected }) => (isExpected ? level_ml : null)),
];

function pointText(point: Point, format: Format, t: TFunction): string {
  const values = { level: format.ml(point.level_ml), at: format.instant(point.at) };
  return point.isExpected ? t('containers.plot.expected', values) : t('containers.plot.at', values);
}
