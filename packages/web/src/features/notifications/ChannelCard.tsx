import type { NotificationChannel, NotificationTarget } from '@perista/protocol/api';
import { Check, Send, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { Facts } from '../../design/Facts.tsx';
import { Switch } from '../../design/Switch.tsx';
import { useFormat } from '../../format/format.ts';
import { ConfirmButton } from '../access/ConfirmButton.tsx';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { DeliveryLog } from './DeliveryLog.tsx';
import styles from './Notifications.module.css';
import { useRemoveChannel, useSaveChannel, useTestChannel } from './notification-queries.ts';

/** One channel: where it tells, what, and how it fares. */
export function ChannelCard({ channel, onEdit }: { channel: NotificationChannel; onEdit: () => void }) {
  const { t: n } = useTranslation('notifications');
  const format = useFormat();
  const { id, name, enabled, target, filter, waiting, failing_since, failure, delivered_at } = channel;
  const save = useSaveChannel(id, () => {});
  const remove = useRemoveChannel();
  const test = useTestChannel(id);
  const [isLogShown, setIsLogShown] = useState(false);
  const subjects = filter.subjects?.map((subject) => n(`subject.${subject}`)).join(', ');
  return (
    <Card
      title={name}
      side={
        <Switch
          label={n('switch', { name })}
          isOn={enabled}
          word={n(enabled ? 'on' : 'off')}
          busy={save.isPending}
          onToggle={(isOn) => save.mutate({ enabled: isOn })}
        />
      }
    >
      {failing_since !== null && (
        <Banner tone="danger" icon={TriangleAlert}>
          {n('failing', { at: format.instant(failing_since), why: failure ?? '' })}
        </Banner>
      )}
      <Facts
        facts={[
          [n(`kind.${target.kind}`), addressOf(target)],
          [n('least'), n(`severity.${filter.severity}`)],
          [n('about'), subjects ?? n('everything')],
          [n('pumps'), filter.pumps?.join(', ') ?? n('allPumps')],
          [n('waiting'), format.number(waiting, 0)],
          [n('lastDelivery'), delivered_at === null ? n('never') : format.instant(delivered_at)],
        ]}
      />
      <MutationProblem of={[save, remove, test]} />
      {test.data && (
        <Banner
          tone={test.data.delivered ? 'good' : 'danger'}
          icon={test.data.delivered ? Check : TriangleAlert}
          urgent
        >
          {test.data.delivered ? n('testTaken') : n('testFailed', { why: test.data.failure ?? '' })}
        </Banner>
      )}
      <div className={styles.acts}>
        <Button icon={Send} busy={test.isPending} onClick={() => test.mutate()}>
          {n('test')}
        </Button>
        <Button look="quiet" onClick={onEdit}>
          {n('change')}
        </Button>
        <Button look="quiet" aria-expanded={isLogShown} onClick={() => setIsLogShown(!isLogShown)}>
          {n('log')}
        </Button>
        <ConfirmButton
          action={n('remove')}
          title={n('removeTitle', { name })}
          text={n('removeText')}
          onConfirm={() => remove.mutate(id)}
        />
      </div>
      {isLogShown && <DeliveryLog channelId={id} />}
    </Card>
  );
}

function addressOf(target: NotificationTarget): string {
  switch (target.kind) {
    case 'email':
      return target.to.join(', ');
    case 'ntfy':
      return `${target.url} · ${target.topic}`;
    default:
      return target.url;
  }
}
