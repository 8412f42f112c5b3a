import type { Delivery } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Table } from '../../design/Table.tsx';
import { useFormat } from '../../format/format.ts';
import { useDeliveries } from './notification-queries.ts';

/** What a channel told, or still has to tell. */
export function DeliveryLog({ channelId }: { channelId: string }) {
  const { t, i18n } = useTranslation();
  const { t: n } = useTranslation('notifications');
  const format = useFormat();
  const deliveries = useDeliveries(channelId);
  const whatOf = ({ notice }: Delivery) => {
    const { alert, title, pump_id, container_id } = notice;
    if (i18n.language === 'en') return title;
    const key = `alert.${alert.replace('Perista', '')}`;
    const words = i18n.exists(key, { ns: 'notifications' }) ? (n as (key: string) => string)(key) : title;
    return [words, pump_id ?? container_id].filter(Boolean).join(': ');
  };
  return (
    <Table
      caption={n('log')}
      head={[n('at'), n('what'), n('status'), n('result'), n('attempts')]}
      empty={deliveries.data ? n('logNone') : t('connection.loading')}
      rows={(deliveries.data?.items ?? []).map((delivery) => ({
        key: String(delivery.seq),
        cells: [
          format.instant(delivery.notice.at),
          whatOf(delivery),
          n(`statusOf.${delivery.notice.status}`),
          [n(`state.${delivery.state}`), delivery.failure].filter(Boolean).join(': '),
          format.number(delivery.attempts, 0),
        ],
      }))}
    />
  );
}
