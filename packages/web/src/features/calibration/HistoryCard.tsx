import type { Calibration, PumpCalibrations } from '@perista/protocol/api';
import { CircleCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { Card } from '../../design/Card.tsx';
import { Table } from '../../design/Table.tsx';
import { useFormat } from '../../format/format.ts';
import { ConfirmButton } from '../access/ConfirmButton.tsx';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { useActivate } from './calibration-queries.ts';

/** Every calibration that the pump ever had, and the way back to one. */
export function HistoryCard({ all: { items, session } }: { all: PumpCalibrations }) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const format = useFormat();
  const activate = useActivate();
  const mayCalibrate = useMay('admin');
  return (
    <Card title={t('calibrate:history.title')}>
      <Table
        caption={t('calibrate:history.title')}
        head={[
          t('calibrate:history.when'),
          t('calibrate:history.error'),
          t('calibrate:history.verification'),
          t('calibrate:history.inUse'),
        ]}
        rows={items.map((calibration) => ({
          key: calibration.id,
          cells: [
            `${format.instant(calibration.created_at)} · ${t(`calibration.origin.${calibration.origin}`)}`,
            `± ${format.number(calibration.curve.error_pct, 1)} %`,
            t(`calibrate:history.${verdictOf(calibration)}`),
            <UseCell
              key="use"
              calibration={calibration}
              onUse={
                mayCalibrate && calibration.id !== session?.calibration?.id
                  ? () => activate.mutate(calibration.id)
                  : null
              }
            />,
          ],
        }))}
        empty={t('calibrate:history.none')}
      />
      <MutationProblem of={[activate]} />
    </Card>
  );
}

function UseCell({ calibration, onUse }: { calibration: Calibration; onUse: (() => void) | null }) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const format = useFormat();
  if (calibration.active) {
    return (
      <span>
        <CircleCheck aria-hidden size={16} /> {t('calibrate:history.inUse')}
      </span>
    );
  }
  if (onUse === null || calibration.verification?.passed === false) return '–';
  return (
    <ConfirmButton
      action={t('calibrate:history.use')}
      title={t('calibrate:history.useTitle')}
      text={t('calibrate:history.useText', { at: format.instant(calibration.created_at) })}
      onConfirm={onUse}
    />
  );
}

const verdictOf = ({ verification }: Calibration) =>
  verification === null ? 'unverified' : verification.passed ? 'passed' : 'failed';
