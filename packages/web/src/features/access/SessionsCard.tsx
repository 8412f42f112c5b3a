import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { request } from '../../api/client.ts';
import { invalidate, useSessions } from '../../api/queries.ts';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { Table } from '../../design/Table.tsx';
import { useFormat } from '../../format/format.ts';
import { MutationProblem } from './MutationProblem.tsx';

/** Where somebody is logged in; each can be ended from here. */
export function SessionsCard() {
  const { t } = useTranslation(['translation', 'access']);
  const format = useFormat();
  const sessions = useSessions();
  const end = useMutation({
    mutationFn: (id: string) => request('DELETE', `/api/sessions/${id}`),
    onSettled: () => invalidate('sessions'),
  });
  return (
    <Card title={t('access:sessions.title')}>
      <MutationProblem of={[end]} />
      <Table
        caption={t('access:sessions.title')}
        head={[
          t('access:users.name'),
          t('access:sessions.from'),
          t('access:sessions.browser'),
          t('access:users.lastSeen'),
          t('action.actions'),
        ]}
        empty=""
        rows={(sessions.data?.items ?? []).map((session) => ({
          key: session.id,
          cells: [
            <strong key="name">{session.username}</strong>,
            session.address ?? '–',
            browserOf(session.user_agent),
            format.instant(session.last_seen_at),
            session.current ? (
              t('access:sessions.this')
            ) : (
              <Button key="end" look="quiet" busy={end.isPending} onClick={() => end.mutate(session.id)}>
                {t('access:sessions.end')}
              </Button>
            ),
          ],
        }))}
      />
    </Card>
  );
}

const BROWSERS = ['Firefox', 'Edg', 'OPR', 'Chrome', 'Safari', 'curl'] as const;
const SYSTEMS = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'Linux'] as const;

/** Enough of a user agent to tell one's phone from one's desk. */
function browserOf(userAgent: string | null): string {
  if (userAgent === null) return '–';
  const found = [BROWSERS, SYSTEMS].map((names) => names.find((name) => userAgent.includes(name)));
  return found.filter(Boolean).join(' · ') || userAgent.slice(0, 40);
}
