import type { Pump, Schedule } from '@perista/protocol/api';
import { Pencil, Play } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { Button } from '../../design/Button.tsx';
import { Switch } from '../../design/Switch.tsx';
import { Table } from '../../design/Table.tsx';
import { useFormat } from '../../format/format.ts';
import { ConfirmButton } from '../access/ConfirmButton.tsx';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { useRuleSentence } from './rule-words.ts';
import styles from './ScheduleList.module.css';
import { useRemoveSchedule, useToggleSchedule } from './schedule-queries.ts';

interface ScheduleListProps {
  readonly schedules: readonly Schedule[];
  readonly pumps: readonly Pump[];
  readonly onEdit: (schedule: Schedule) => void;
  readonly onRun: (schedule: Schedule) => void;
}

/** All schedules, with what comes next and what came last; each can be switched, run, changed and removed from here. */
export function ScheduleList({ schedules, pumps, onEdit, onRun }: ScheduleListProps) {
  const { t } = useTranslation(['translation', 'schedules']);
  const format = useFormat();
  const sentence = useRuleSentence();
  const mayChange = useMay('operator');
  const toggle = useToggleSchedule();
  const remove = useRemoveSchedule();
  const nameOf = (id: string) => pumps.find((pump) => pump.id === id)?.name ?? id;
  return (
    <>
      <MutationProblem of={[toggle, remove]} />
      <Table
        caption={t('schedules:all')}
        head={[
          t('schedules:pump'),
          t('schedules:when'),
          t('schedules:volume'),
          t('schedules:next'),
          t('schedules:last'),
          t('schedules:state'),
          t('action.actions'),
        ]}
        empty={t('schedules:none')}
        rows={schedules.map((schedule) => {
          const { id, pump_id, rule, enabled, next_runs, last_run, timezone, paused_until } = schedule;
          const [next] = next_runs;
          const name = `${nameOf(pump_id)}, ${sentence(rule)}`;
          return {
            key: id,
            cells: [
              <strong key="pump">{nameOf(pump_id)}</strong>,
              <span key="when">
                {sentence(rule)} {timezone !== format.zone && `(${timezone})`}
              </span>,
              format.ml(schedule.volume_ml),
              <span key="next">
                {next === undefined ? '–' : format.dayAndTime(next)}
                {enabled &&
                  paused_until !== null &&
                  ` · ${t('schedules:paused', { day: format.calendarDate(paused_until) })}`}
              </span>,
              last_run === null ? t('schedules:never') : format.dayAndTime(last_run),
              <Switch
                key="state"
                label={t('schedules:switch', { name })}
                isOn={enabled}
                word={t(enabled ? 'schedules:on' : 'schedules:off')}
                busy={toggle.isPending}
                disabled={!mayChange}
                onToggle={(isOn) => toggle.mutate({ id, enabled: isOn })}
              />,
              mayChange ? (
                <span key="acts" className={styles.acts}>
                  <Button look="quiet" icon={Play} onClick={() => onRun(schedule)}>
                    {t('schedules:run')}
                  </Button>
                  <Button look="quiet" icon={Pencil} onClick={() => onEdit(schedule)}>
                    {t('schedules:edit')}
                  </Button>
                  <ConfirmButton
                    action={t('schedules:remove')}
                    title={t('schedules:removeTitle')}
                    text={t('schedules:removeText', { name })}
                    onConfirm={() => remove.mutate(id)}
                  />
                </span>
              ) : (
                '–'
              ),
            ],
          };
        })}
      />
    </>
  );
}
