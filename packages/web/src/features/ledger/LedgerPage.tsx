import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { searchOf, useDoses } from '../../api/queries.ts';
import { Card } from '../../design/Card.tsx';
import { FilterSelect, Filters } from '../../lists/Filters.tsx';
import { MoreButton } from '../../lists/MoreButton.tsx';
import { useLive } from '../../live/live.ts';
import { DoseTable } from './DoseTable.tsx';

const PAGE = 50;

const STATES = [
  'accepted',
  'queued',
  'running',
  'done',
  'partial',
  'refused',
  'missed',
  'skipped',
  'cancelled',
  'uncertain',
] as const;

/** The ledger of doses. */
export function LedgerPage() {
  const { t } = useTranslation();
  const { pumps } = useLive();
  const [search, setSearch] = useSearchParams();
  const filter = { pump_id: search.get('pump_id') ?? undefined, state: search.get('state') ?? undefined };
  const doses = useDoses(filter, PAGE);
  const choose = (name: keyof typeof filter) => (value: string) =>
    setSearch(searchOf({ ...filter, [name]: value }), { replace: true });
  return (
    <>
      <h1>{t('ledger.title')}</h1>
      <Card title={t('ledger.all')} side={<a href={`/api/doses/export.csv?${searchOf(filter)}`}>{t('action.csv')}</a>}>
        <Filters>
          <FilterSelect
            label={t('ledger.pump')}
            value={filter.pump_id}
            onChange={choose('pump_id')}
            options={pumps.map(({ id, name }) => [id, name])}
          />
          <FilterSelect
            label={t('ledger.state')}
            value={filter.state}
            onChange={choose('state')}
            options={STATES.map((state) => [state, t(`dose.state.${state}`)])}
          />
        </Filters>
        <DoseTable doses={doses.data?.pages.flatMap(({ items }) => items) ?? []} withPump caption={t('ledger.title')} />
        <MoreButton list={doses} />
      </Card>
    </>
  );
}
