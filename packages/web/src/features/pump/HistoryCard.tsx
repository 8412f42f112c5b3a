import type { HistoryDay, Pump } from '@perista/protocol/api';
import type { TFunction } from 'i18next';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type uPlot from 'uplot';
import { useHistory } from '../../api/queries.ts';
import { Card } from '../../design/Card.tsx';
import { SelectField } from '../../design/Field.tsx';
import { Plot } from '../../design/Plot.tsx';
import type { Paint } from '../../design/paint.ts';
import { Table } from '../../design/Table.tsx';
import { type Format, useFormat } from '../../format/format.ts';
import styles from './HistoryCard.module.css';
import { historyOptions } from './history-options.ts';

const SPANS = [7, 30, 90, 365];

/** What the pump gave on each day, against the plan where there is one. */
export function HistoryCard({ pump }: { pump: Pump }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [span, setSpan] = useState(30);
  const history = useHistory(pump.id, span);
  const days = history.data?.days;
  return (
    <Card
      title={t('history.title')}
      side={
        <SelectField label={t('history.span')} value={span} onChange={(event) => setSpan(Number(event.target.value))}>
          {SPANS.map((count) => (
            <option key={count} value={count}>
              {t('history.days', { count })}
            </option>
          ))}
        </SelectField>
      }
    >
      {days === undefined ? (
        <p className={styles.waiting} role="status">
          {history.isError ? t('history.none') : t('connection.loading')}
        </p>
      ) : (
        <DayPlot days={days} capMl={pump.limits.day_ml} format={format} />
      )}
    </Card>
  );
}

function DayPlot({ days, capMl, format }: { days: readonly HistoryDay[]; capMl: number; format: Format }) {
  const { t } = useTranslation();
  const [point, setPoint] = useState<number | null>(null);
  const data = useMemo(() => columnsOf(days), [days]);
  const labels = useMemo(() => days.map(({ day }) => format.calendarDay(day)), [days, format]);
  const options = useCallback((paint: Paint) => historyOptions(paint, labels, capMl, format), [labels, capMl, format]);
  const total = days.reduce((sum, { hi_ml }) => sum + hi_ml, 0);
  const shown = point === null ? undefined : days[point];
  const sum = t('history.sum', { total: format.ml(total), count: days.length });
  return (
    <>
      <Plot label={`${t('history.title')}. ${sum}`} data={data} options={options} onPoint={setPoint} />
      <p className={styles.readout}>{shown === undefined ? sum : dayText(shown, format, t)}</p>
      <details>
        <summary>{t('plot.asTable')}</summary>
        <Table
          head={[t('history.day'), t('history.given'), t('history.planned'), t('history.doses')]}
          rows={days
            .toReversed()
            .filter(({ doses, not_given }) => doses + not_given > 0)
            .map((day) => ({
              key: day.day,
              cells: [
                format.calendarDay(day.day),
                rangeText(day, format),
                day.planned_ml === null ? '–' : format.ml(day.planned_ml),
                format.number(day.doses),
              ],
            }))}
          empty={t('history.none')}
        />
      </details>
    </>
  );
}

/** Column numbers; the upper bound, drawn pale; the lower bound, drawn over it; the plan. */
const columnsOf = (days: readonly HistoryDay[]): uPlot.AlignedData => [
  days.map((_, index) => index),
  days.map(({ hi_ml }) => hi_ml),
  days.map(({ lo_ml }) => lo_ml),
  days.map(({ planned_ml }) => planned_ml),
];

function rangeText({ lo_ml, hi_ml }: HistoryDay, format: Format): string {
  return hi_ml - lo_ml > 0.005 ? `${format.ml(lo_ml)} – ${format.ml(hi_ml)}` : format.ml(hi_ml);
}

function dayText(day: HistoryDay, format: Format, t: TFunction): string {
  const given = t('history.dayGiven', {
    day: format.calendarDay(day.day),
    given: rangeText(day, format),
    count: day.doses,
  });
  return day.not_given > 0 ? `${given}, ${t('history.notGiven', { count: day.not_given })}` : given;
}
