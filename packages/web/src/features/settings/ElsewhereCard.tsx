import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useMay } from '../../app/session-context.tsx';
import { Card } from '../../design/Card.tsx';
import { useChannels } from '../notifications/notification-queries.ts';
import styles from './Settings.module.css';

const SCREENS = [
  ['notifications', '/notifications'],
  ['access', '/access'],
  ['separations', '/schedules'],
  ['about', '/about'],
] as const;

/** What is set on screens of its own. */
export function ElsewhereCard() {
  const { t: s } = useTranslation('settings');
  const channels = useChannels(useMay('admin')).data?.items ?? [];
  const failing = channels.filter(({ failing_since }) => failing_since !== null).length;
  return (
    <Card title={s('elsewhere.title')}>
      <ul className={styles.links}>
        {SCREENS.map(([name, path]) => (
          <li key={name}>
            <Link href={path}>{s(`elsewhere.${name}`)}</Link>
            {name === 'notifications' && failing > 0 && (
              <strong className={styles.failing}> · {s('elsewhere.failing', { count: failing })}</strong>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
