import type { LogEvent } from '@perista/protocol/api';
import { Info, type LucideIcon, OctagonAlert, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { searchOf, useEvents } from '../../api/queries.ts';
import { Card } from '../../design/Card.tsx';
import { TextField } from '../../design/Field.tsx';
import { Table } from '../../design/Table.tsx';
import { useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { FilterSelect, Filters } from '../../lists/Filters.tsx';
import { MoreButton } from '../../lists/MoreButton.tsx';
import { useLive } from '../../live/live.ts';
import styles from './EventsPage.module.css';

const PAGE = 50;

/** Who did what, and what happened. */
export function EventsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { pumps } = useLive();
  const [search, setSearch] = useSearchParams();
  const filter = {
    pump_id: search.get('pump_id') ?? undefined,
    kind: search.get('kind') ?? undefined,
    actor: search.get('actor') ?? undefined,
  };
  const events = useEvents(filter, PAGE);
  const choose = (name: keyof typeof filter) => (value: string) =>
    setSearch(searchOf({ ...filter, [name]: value }), { replace: true });
  const rows = events.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <h1>{t('events.title')}</h1>
      <Card title={t('events.all')} side={<a href={`/api/events/export.csv?${searchOf(filter)}`}>{t('action.csv')}</a>}>
        <Filters>
          <FilterSelect
            label={t('ledger.pump')}
            value={filter.pump_id}
            onChange={choose('pump_id')}
            options={pumps.map(({ id, name }) => [id, name])}
          />
          <FilterSelect
            label={t('events.kind')}
            value={filter.kind}
            onChange={choose('kind')}
            options={[...new Set(rows.map(({ kind }) => kind))].sort().map((kind) => [kind, kind])}
          />
          <TextField
            label={t('events.actor')}
            defaultValue={filter.actor ?? ''}
            onBlur={(event) => choose('actor')(event.target.value.trim())}
            onKeyDown={(event) => event.key === 'Enter' && choose('actor')(event.currentTarget.value.trim())}
          />
        </Filters>
        <Table
          caption={t('events.title')}
          head={[
            t('events.seq'),
            t('ledger.when'),
            t('events.severity'),
            t('events.kind'),
            t('ledger.pump'),
            t('events.actor'),
            t('events.data'),
          ]}
          empty={events.data ? t('events.none') : ''}
          rows={rows.map((event) => ({
            key: String(event.seq),
            cells: [
              String(event.seq),
              format.instant(event.at),
              <Severity key="severity" severity={event.severity} />,
              <code key="kind">{event.kind}</code>,
              event.pump_id ?? '–',
              event.actor ?? '–',
              <EventData key="data" data={event.data} />,
            ],
          }))}
        />
        <MoreButton list={events} />
      </Card>
    </>
  );
}

const ICONS: Readonly<Record<LogEvent['severity'], LucideIcon>> = {
  info: Info,
  warning: TriangleAlert,
  alarm: OctagonAlert,
};

function Severity({ severity }: Pick<LogEvent, 'severity'>) {
  const { t } = useTranslation();
  const Icon = ICONS[severity];
  return (
    <span className={styles.severity} data-severity={severity}>
      <Icon aria-hidden size={16} />
      {t(`events.severities.${severity}`)}
    </span>
  );
}

function EventData({ data }: Pick<LogEvent, 'data'>) {
  const { t } = useTranslation();
  const reasonText = useReasonText();
  const entries = Object.entries(data);
  if (entries.length === 0) return <>–</>;
  return (
    <details className={styles.data}>
      <summary>{t('events.details')}</summary>
      <dl>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{name === 'reason' ? reasonText(reasonOf(data)) : written(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

const written = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const reasonOf = ({ code, reason }: LogEvent['data']) => ({
  code: typeof code === 'string' ? code : null,
  reason: written(reason),
});
