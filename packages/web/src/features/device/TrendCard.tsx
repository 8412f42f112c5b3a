import type { DeviceHistory, DeviceObject } from '@perista/protocol/api';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../design/Card.tsx';
import { SelectField } from '../../design/Field.tsx';
import { Plot } from '../../design/Plot.tsx';
import type { Paint } from '../../design/paint.ts';
import { Table } from '../../design/Table.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { useDeviceHistory } from '../fleet/fleet-queries.ts';
import { useFigure } from '../fleet/use-infusion-words.ts';
import styles from './Device.module.css';
import { trendOf } from './trend-data.ts';
import { trendOptions } from './trend-options.ts';

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;
const SPANS = [15 * MINUTE_S, HOUR_S, 6 * HOUR_S, DAY_S, 7 * DAY_S, 30 * DAY_S];
const POINTS = 600;
const MOST_ROWS = 60;

/** What the device told over time. */
export function TrendCard({ deviceId, trail }: { deviceId: string; trail: readonly DeviceObject[] }) {
  const { t } = useTranslation();
  const { t: f } = useTranslation('fleet');
  const problemText = useProblemText();
  const [spanS, setSpanS] = useState(15 * MINUTE_S);
  const history = useDeviceHistory(deviceId, spanS, POINTS);
  const nameOf = (span: number) => {
    if (span <= HOUR_S) return f('trend.minutes', { count: span / MINUTE_S });
    return span <= DAY_S ? f('trend.hours', { count: span / HOUR_S }) : f('trend.days', { count: span / DAY_S });
  };
  return (
    <Card title={f('trend.title')} side={<a href={`/api/devices/${deviceId}/history/export.csv`}>{f('trend.csv')}</a>}>
      <SelectField label={f('trend.span')} value={spanS} onChange={({ target }) => setSpanS(Number(target.value))}>
        {SPANS.map((span) => (
          <option key={span} value={span}>
            {nameOf(span)}
          </option>
        ))}
      </SelectField>
      {history.error !== null && <p role="alert">{problemText(history.error)}</p>}
      {history.data === undefined ? (
        history.error === null && <p role="status">{t('connection.loading')}</p>
      ) : (
        <TrendPlot deviceId={deviceId} history={history.data} trail={trail} spanS={spanS} />
      )}
    </Card>
  );
}

interface TrendPlotProps {
  readonly deviceId: string;
  readonly history: DeviceHistory;
  readonly trail: readonly DeviceObject[];
  readonly spanS: number;
}

function TrendPlot({ deviceId, history, trail, spanS }: TrendPlotProps) {
  const { t } = useTranslation();
  const { t: f } = useTranslation('fleet');
  const format = useFormat();
  const figure = useFigure();
  const trend = useMemo(() => trendOf(history, trail), [history, trail]);
  const { columns, gaps, marks } = trend;
  const lastS = columns[0].at(-1);
  const options = useCallback(
    (paint: Paint) => {
      const toS = Math.max(Date.parse(history.to) / 1000, lastS ?? 0);
      return trendOptions({ gaps, marks }, { paint, format, span: [toS - spanS, toS] });
    },
    [gaps, marks, format, history.to, lastS, spanS],
  );
  if (columns[0].length === 0) return <p className={styles.soft}>{f('trend.none')}</p>;
  const rows = history.samples.slice(-MOST_ROWS).toReversed();
  return (
    <>
      <Plot label={f('trend.label', { id: deviceId })} data={columns} options={options} />
      <p className={styles.soft}>
        {f('trend.rate')} ── · {f('trend.delivered')} ╌╌
        {gaps.length > 0 && ` · ${f('trend.gaps', { count: gaps.length })}`}
        {marks.length > 0 && ` · ${f('trend.marks')}`}
      </p>
      <details>
        <summary>{t('plot.asTable')}</summary>
        <Table
          head={[f('timeline.when'), f('now.rate'), f('now.delivered'), f('now.battery')]}
          rows={rows.map(({ at, flowRateMlMin, deliveredVolumeMl, batteryLevel }) => ({
            key: at,
            cells: [
              format.instant(at),
              figure.rate(flowRateMlMin?.mean ?? null),
              figure.ml(deliveredVolumeMl?.max ?? null),
              figure.percent(batteryLevel?.mean ?? null),
            ],
          }))}
          empty={f('trend.none')}
        />
      </details>
    </>
  );
}
