import type { SessionRun } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Table } from '../../design/Table.tsx';
import { useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';

interface RunsTableProps {
  readonly runs: readonly SessionRun[];
  readonly onCorrect: (run: SessionRun) => void;
}

/** All runs of a session, the newest first. */
export function RunsTable({ runs, onCorrect }: RunsTableProps) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const format = useFormat();
  const reasonText = useReasonText();
  const stateOf = ({ state, outlier, kind, reason, code }: SessionRun) =>
    [
      kind === 'verification' && t('calibrate:runs.verification'),
      t(`calibrate:runs.states.${state}`),
      outlier && t('calibrate:runs.outlier'),
      reason !== null && reasonText({ reason, code }),
    ]
      .filter(Boolean)
      .join(' · ');
  return (
    <Table
      caption={t('calibrate:runs.title')}
      head={[
        t('calibrate:runs.speed'),
        t('calibrate:runs.measured'),
        t('calibrate:runs.perTurn'),
        t('calibrate:runs.state'),
      ]}
      rows={runs.toReversed().map((run) => ({
        key: run.run_id,
        cells: [
          `${format.number(run.rpm, 1)} rpm`,
          run.measured_ml === null ? '–' : `${format.number(run.measured_ml)} ml`,
          run.measured_ml === null ? '–' : `${format.number(run.measured_ml / run.revolutions, 4)} ml`,
          <span key="state">
            {stateOf(run)}
            {run.state === 'measured' && (
              <Button look="quiet" onClick={() => onCorrect(run)}>
                {t('calibrate:runs.correct')}
              </Button>
            )}
          </span>,
        ],
      }))}
      empty={t('calibrate:runs.none')}
    />
  );
}
