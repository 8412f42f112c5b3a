import type { Container, Refill } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Table } from '../../design/Table.tsx';
import { type Format, useFormat } from '../../format/format.ts';
import { useRefills } from './container-queries.ts';

/** Who filled it up or measured it, when, and what that did. */
export function RefillLog({ container }: { container: Container }) {
  const { t } = useTranslation();
  const format = useFormat();
  const refills = useRefills(container.id);
  return (
    <section aria-label={t('containers.log.title')}>
      <Table
        caption={t('containers.log.title')}
        head={[
          t('ledger.when'),
          t('events.actor'),
          t('containers.log.before'),
          t('containers.log.rest'),
          t('containers.added'),
          t('containers.log.after'),
          t('containers.log.off'),
        ]}
        empty={refills.data ? t('containers.log.none') : ''}
        rows={(refills.data?.items ?? []).map((refill) => ({
          key: String(refill.seq),
          cells: [
            format.instant(refill.at),
            refill.actor,
            format.ml(refill.booked_ml),
            refill.rest_ml === null ? '–' : format.ml(refill.rest_ml),
            refill.added_ml > 0 ? format.ml(refill.added_ml) : '–',
            format.ml(refill.level_ml),
            offText(refill, format),
          ],
        }))}
      />
    </section>
  );
}

function offText({ deviation }: Refill, format: Format): string {
  if (deviation === null) return '–';
  const { error_ml, error_pct } = deviation;
  return error_pct === null ? format.ml(error_ml) : `${format.ml(error_ml)} (${format.number(error_pct, 1)} %)`;
}
