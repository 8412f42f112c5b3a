import type { NotificationChannel } from '@perista/protocol/api';
import { Plus, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { notifications } from '../../i18n/en/notifications.ts';
import { addEnglish } from '../../i18n/i18n.ts';
import { ChannelCard } from './ChannelCard.tsx';
import { ChannelDialog } from './ChannelDialog.tsx';
import { useChannels } from './notification-queries.ts';

addEnglish('notifications', notifications);

/** On which ways the unit tells people who are not looking. */
export function NotificationsPage() {
  const { t } = useTranslation();
  const { t: n } = useTranslation('notifications');
  const problemText = useProblemText();
  const isAdmin = useMay('admin');
  const channels = useChannels(isAdmin);
  const [edited, setEdited] = useState<NotificationChannel | 'new' | null>(null);
  const items = channels.data?.items;
  return (
    <>
      <h1>{n('title')}</h1>
      <Card
        title={n('channels')}
        side={
          isAdmin && (
            <Button icon={Plus} onClick={() => setEdited('new')}>
              {n('add')}
            </Button>
          )
        }
      >
        <p>{n(isAdmin ? 'text' : 'adminOnly')}</p>
        {channels.error !== null && (
          <Banner tone="danger" icon={TriangleAlert}>
            {problemText(channels.error)}
          </Banner>
        )}
        {isAdmin && channels.isPending && <p role="status">{t('connection.loading')}</p>}
        {items?.length === 0 && <p>{n('none')}</p>}
      </Card>
      {items?.map((channel) => (
        <ChannelCard key={channel.id} channel={channel} onEdit={() => setEdited(channel)} />
      ))}
      {edited !== null && <ChannelDialog channel={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}
