import type { Pump, Queue } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useMay } from '../../app/session-context.tsx';
import { Card } from '../../design/Card.tsx';
import { Table } from '../../design/Table.tsx';
import { useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { ConfirmButton } from '../access/ConfirmButton.tsx';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { useCancelDose, useQueue } from './separation-queries.ts';

/** Doses that wait, why, and until when; nothing where none does. */
export function QueueCard({ pumps }: { pumps: readonly Pump[] }) {
  const { t } = useTranslation();
  const { t: s } = useTranslation('separation');
  const format = useFormat();
  const mayCancel = useMay('operator');
  const isNeeded = pumps.some(({ queued }) => queued > 0);
  const queue = useQueue(isNeeded);
  const cancel = useCancelDose();
  const waiting = isNeeded ? (queue.data?.items ?? []) : [];
  const nameOf = (id: string) => pumps.find((pump) => pump.id === id)?.name ?? id;
  if (waiting.length === 0) return null;
  return (
    <Card title={s('queue.title')}>
      <MutationProblem of={[cancel]} />
      <Table
        caption={s('queue.title')}
        head={[
          s('queue.pump'),
          s('queue.volume'),
          s('queue.from'),
          s('queue.why'),
          s('queue.latest'),
          ...(mayCancel ? [t('action.actions')] : []),
        ]}
        empty=""
        rows={waiting.map((dose) => ({
          key: dose.dose_id,
          cells: [
            <Link key="pump" href={`/pumps/${dose.pump_id}`}>
              {nameOf(dose.pump_id)}
            </Link>,
            format.ml(dose.volume_ml),
            t(`cause.${dose.cause}`),
            <Why key="why" dose={dose} nameOf={nameOf} />,
            format.time(dose.start_before),
            ...(mayCancel
              ? [
                  <ConfirmButton
                    key="cancel"
                    action={s('queue.cancel')}
                    title={s('queue.cancelTitle')}
                    text={s('queue.cancelText', { volume: format.ml(dose.volume_ml), pump: nameOf(dose.pump_id) })}
                    onConfirm={() => cancel.mutate(dose.dose_id)}
                  />,
                ]
              : []),
          ],
        }))}
      />
    </Card>
  );
}

interface WhyProps {
  readonly dose: Queue['items'][number];
  readonly nameOf: (pumpId: string) => string;
}

function Why({ dose, nameOf }: WhyProps) {
  const { t: s } = useTranslation('separation');
  const format = useFormat();
  const reasonText = useReasonText();
  const { code, reason, waits_for, earliest_at } = dose;
  if (waits_for === null) return reason === null ? s('queue.soon') : reasonText({ code, reason });
  const pump = nameOf(waits_for);
  return earliest_at === null ? s('queue.forOpen', { pump }) : s('queue.for', { pump, at: format.time(earliest_at) });
}
