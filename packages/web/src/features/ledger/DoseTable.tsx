import type { Dose } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Table } from '../../design/Table.tsx';
import { useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { DoseStateWord } from './DoseStateWord.tsx';
import styles from './DoseTable.module.css';
import { givenText } from './given-text.ts';
import { Origin } from './Origin.tsx';

/** Doses with cause and outcome, newest first. */
export function DoseTable({
  doses,
  withPump,
  caption,
}: {
  doses: readonly Dose[];
  withPump: boolean;
  caption: string;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonText = useReasonText();
  const head = [
    t('ledger.when'),
    t('ledger.state'),
    t('ledger.given'),
    t('ledger.ordered'),
    t('ledger.by'),
    t('ledger.why'),
  ];
  return (
    <Table
      caption={caption}
      head={withPump ? [t('ledger.pump'), ...head] : head}
      empty={t('ledger.empty')}
      rows={doses.map((dose) => {
        const cells = [
          <time key="when" dateTime={dose.accepted_at}>
            {format.instant(dose.started_at ?? dose.accepted_at)}
          </time>,
          <DoseStateWord key="state" state={dose.state} />,
          <strong key="given">
            {dose.ended_at === null ? t('ledger.upTo', { most: format.ml(dose.hi_ml) }) : givenText(dose, format)}
          </strong>,
          dose.cause === 'prime'
            ? '–'
            : `${format.ml(dose.requested_ml)}${dose.direction === 'reverse' ? ` ${t('direction.reverseShort')}` : ''}`,
          <Origin key="by" dose={dose} />,
          <span key="why" className={styles.why}>
            {reasonText(dose) || '–'}
          </span>,
        ];
        const pump = (
          <Link key="pump" href={`/pumps/${dose.pump_id}`}>
            {dose.pump_id}
          </Link>
        );
        return { key: dose.dose_id, cells: withPump ? [pump, ...cells] : cells };
      })}
    />
  );
}
