import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { Table } from '../../design/Table.tsx';
import { useFormat } from '../../format/format.ts';
import { mqttUsers } from '../../i18n/en/mqtt-users.ts';
import { addEnglish } from '../../i18n/i18n.ts';
import { ConfirmButton } from './ConfirmButton.tsx';
import { MutationProblem } from './MutationProblem.tsx';
import { useMqttUsers, useRemoveMqttUser } from './mqtt-user-queries.ts';
import { NewMqttUserDialog } from './NewMqttUserDialog.tsx';
import styles from './TokensCard.module.css';

addEnglish('mqttUsers', mqttUsers);

/** Who may come in at the MQTT broker that the unit brings along. */
export function MqttUsersCard() {
  const { t } = useTranslation();
  const { t: m } = useTranslation('mqttUsers');
  const format = useFormat();
  const users = useMqttUsers();
  const [isAdding, setIsAdding] = useState(false);
  const remove = useRemoveMqttUser();
  return (
    <Card
      title={m('title')}
      side={
        <Button icon={UserPlus} onClick={() => setIsAdding(true)}>
          {m('add')}
        </Button>
      }
    >
      <p className={styles.soft}>{m(users.data?.embedded === false ? 'unused' : 'text')}</p>
      <MutationProblem of={[remove, users]} />
      <Table
        caption={m('title')}
        head={[m('name'), m('kind'), m('device'), m('since'), t('action.actions')]}
        empty={users.data ? m('none') : ''}
        rows={(users.data?.items ?? []).map(({ name, kind, device_id, created_at }) => ({
          key: name,
          cells: [
            <strong key="name">{name}</strong>,
            m(`kinds.${kind}`),
            device_id ?? '–',
            format.day(created_at),
            <ConfirmButton
              key="remove"
              action={m('remove')}
              title={m('removeTitle', { name })}
              text={m('removeText')}
              onConfirm={() => remove.mutate(name)}
            />,
          ],
        }))}
      />
      {isAdding && <NewMqttUserDialog onClose={() => setIsAdding(false)} />}
    </Card>
  );
}
