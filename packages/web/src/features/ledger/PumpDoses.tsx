import type { Pump } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useDoses } from '../../api/queries.ts';
import { Card } from '../../design/Card.tsx';
import { DoseTable } from './DoseTable.tsx';

const SHOWN = 10;

/** The latest doses of one pump. */
export function PumpDoses({ pump }: { pump: Pump }) {
  const { t } = useTranslation();
  const doses = useDoses({ pump_id: pump.id }, SHOWN);
  return (
    <Card title={t('ledger.ofPump')} side={<Link href={`/doses?pump_id=${pump.id}`}>{t('ledger.all')}</Link>}>
      {doses.data ? (
        <DoseTable doses={doses.data.pages[0]?.items ?? []} withPump={false} caption={t('ledger.ofPump')} />
      ) : (
        <p role="status">{t('connection.loading')}</p>
      )}
    </Card>
  );
}
