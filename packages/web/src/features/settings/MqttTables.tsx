import type { MqttState } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Table } from '../../design/Table.tsx';
import { useFormat } from '../../format/format.ts';
import styles from './Settings.module.css';
import { useMqtt } from './setting-queries.ts';

const SHOWN = 12;

/** Topics of the unit, and what went over them lately. */
export function MqttTables() {
  const { t: s, i18n } = useTranslation('settings');
  const format = useFormat();
  const mqtt = useMqtt().data;
  const nameOf = (name: string) => {
    const key = `mqtt.topicOf.${name}`;
    return i18n.exists(key, { ns: 'settings' }) ? (s as (key: string) => string)(key) : name;
  };
  if (mqtt === undefined) return null;
  return (
    <>
      <details className={styles.more}>
        <summary>{s('mqtt.topics')}</summary>
        <p className={styles.soft}>{s('mqtt.topicsText')}</p>
        <Table
          caption={s('mqtt.topics')}
          head={[s('mqtt.what'), s('mqtt.direction'), s('mqtt.topic'), s('mqtt.alias')]}
          empty=""
          rows={mqtt.topics.map(({ name, direction, topic, alias }) => ({
            key: name,
            cells: [
              nameOf(name),
              s(`mqtt.${direction}`),
              <Topic key="t" topic={topic} />,
              <Topic key="a" topic={alias} />,
            ],
          }))}
        />
      </details>
      {mqtt.state !== 'off' && (
        <details className={styles.more}>
          <summary>{s('mqtt.recent')}</summary>
          <Table
            caption={s('mqtt.recent')}
            head={[s('mqtt.at'), s('mqtt.direction'), s('mqtt.topic'), s('mqtt.message')]}
            empty={s('mqtt.none')}
            rows={withoutAliases(mqtt)
              .slice(0, SHOWN)
              .map(({ at, direction, topic, text }) => ({
                key: `${direction} ${topic}`,
                cells: [
                  format.time(at),
                  s(`mqtt.${direction}`),
                  <Topic key="topic" topic={topic} />,
                  <code key="text">{text}</code>,
                ],
              }))}
          />
        </details>
      )}
    </>
  );
}

/** Messages that go out under two names are shown under one. */
function withoutAliases({ recent, topics }: MqttState): MqttState['recent'] {
  const aliases = topics.flatMap(({ topic, alias }) => (topic === null || alias === null ? [] : [alias]));
  const patterns = aliases.map((alias) => new RegExp(`^${alias.replace('{pump}', '[^/]+')}$`));
  return recent.filter(({ direction, topic }) => direction === 'in' || !patterns.some((each) => each.test(topic)));
}

const Topic = ({ topic }: { topic: string | null }) => (topic === null ? '–' : <code>{topic}</code>);
