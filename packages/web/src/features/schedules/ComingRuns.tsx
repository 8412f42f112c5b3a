import { useTranslation } from 'react-i18next';
import { makeFormat } from '../../format/format.ts';
import { zoneNameAt } from '../../format/zone-name.ts';
import { useRuleSentence } from './rule-words.ts';
import styles from './ScheduleDialog.module.css';
import type { DraftOutlook } from './schedule-draft.ts';

/** What the form would do, in a sentence and as the next times, in the zone of the schedule. */
export function ComingRuns({ outlook, timezone }: { outlook: DraftOutlook; timezone: string }) {
  const { t, i18n } = useTranslation(['translation', 'schedules']);
  const sentence = useRuleSentence();
  if (outlook.kind === 'wrong') return null;
  const format = makeFormat(i18n.language, timezone);
  return (
    <section className={styles.runs} aria-label={t('schedules:coming')}>
      <strong>{sentence(outlook.schedule.rule)}</strong>
      <ul>
        {outlook.nextRuns.map((at) => (
          <li key={at}>
            {format.dayAndTime(at)} {zoneNameAt(at, timezone)}
          </li>
        ))}
      </ul>
    </section>
  );
}
