import type { Schedule } from '@perista/protocol/api';
import { Plus, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { schedules } from '../../i18n/en/schedules.ts';
import { addEnglish } from '../../i18n/i18n.ts';
import { useLive } from '../../live/live.ts';
import { PlanCard } from '../plan/PlanCard.tsx';
import { SeparationsCard } from '../separation/SeparationsCard.tsx';
import { RunNowDialog } from './RunNowDialog.tsx';
import { ScheduleDialog } from './ScheduleDialog.tsx';
import { ScheduleList } from './ScheduleList.tsx';
import { useSchedules } from './schedule-queries.ts';

addEnglish('schedules', schedules);

type Opened =
  | { readonly kind: 'edit'; readonly schedule: Schedule | null }
  | { readonly kind: 'run'; readonly schedule: Schedule };

/** What pumps give by themselves: a list, and each schedule as a form. */
export function SchedulesPage() {
  const { t } = useTranslation(['translation', 'schedules']);
  const problemText = useProblemText();
  const mayChange = useMay('operator');
  const { pumps } = useLive();
  const schedules = useSchedules();
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  const runs = opened?.kind === 'run' ? pumps.find(({ id }) => id === opened.schedule.pump_id) : undefined;
  return (
    <>
      <h1>{t('schedules:title')}</h1>
      <Card
        title={t('schedules:all')}
        side={
          mayChange && (
            <Button
              icon={Plus}
              disabled={pumps.length === 0}
              onClick={() => setOpened({ kind: 'edit', schedule: null })}
            >
              {t('schedules:add')}
            </Button>
          )
        }
      >
        {!mayChange && <p>{t('schedules:viewer')}</p>}
        {schedules.error !== null && (
          <Banner tone="danger" icon={TriangleAlert}>
            {problemText(schedules.error)}
          </Banner>
        )}
        {schedules.data === undefined ? (
          schedules.error === null && <p role="status">{t('connection.loading')}</p>
        ) : (
          <ScheduleList
            schedules={schedules.data.items}
            pumps={pumps}
            onEdit={(schedule) => setOpened({ kind: 'edit', schedule })}
            onRun={(schedule) => setOpened({ kind: 'run', schedule })}
          />
        )}
      </Card>
      <PlanCard pumps={pumps} />
      <SeparationsCard pumps={pumps} />
      {opened?.kind === 'edit' && <ScheduleDialog schedule={opened.schedule} pumps={pumps} onClose={close} />}
      {opened?.kind === 'run' && runs !== undefined && (
        <RunNowDialog schedule={opened.schedule} pump={runs} onClose={close} />
      )}
    </>
  );
}
