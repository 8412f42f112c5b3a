import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { access } from '../../i18n/en/access.ts';
import { addEnglish } from '../../i18n/i18n.ts';
import { MqttUsersCard } from './MqttUsersCard.tsx';
import { PasswordCard } from './PasswordCard.tsx';
import { SessionsCard } from './SessionsCard.tsx';
import { TokensCard } from './TokensCard.tsx';
import { UsersCard } from './UsersCard.tsx';

addEnglish('access', access);

/** Who may come in: one's own tokens, log-ins and password; for administrators those of all, and users, of MQTT too. */
export function AccessPage() {
  const { t } = useTranslation(['translation', 'access']);
  const isAdmin = useMay('admin');
  return (
    <>
      <h1>{t('access:title')}</h1>
      {isAdmin ? <UsersCard /> : <p>{t('access:adminOnly')}</p>}
      <TokensCard />
      {isAdmin && <MqttUsersCard />}
      <SessionsCard />
      <PasswordCard />
    </>
  );
}
