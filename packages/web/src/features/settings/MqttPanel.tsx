import type { MqttState, MqttTest } from '@perista/protocol/api';
import {
  Check,
  CircleOff,
  CirclePause,
  LoaderCircle,
  type LucideIcon,
  PlugZap,
  Send,
  TriangleAlert,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Facts } from '../../design/Facts.tsx';
import { useFormat } from '../../format/format.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import styles from './Settings.module.css';
import { useMqtt, useMqttTest } from './setting-queries.ts';

const ICONS: Readonly<Record<MqttState['state'], LucideIcon>> = {
  off: CirclePause,
  connecting: LoaderCircle,
  connected: PlugZap,
  refused: CircleOff,
};

/** How it stands with the broker, as it changes, and a test of what is saved. */
export function MqttPanel({ isDirty, canTest }: { isDirty: boolean; canTest: boolean }) {
  const { t } = useTranslation();
  const { t: s } = useTranslation('settings');
  const format = useFormat();
  const mqtt = useMqtt().data;
  const test = useMqttTest();
  if (mqtt === undefined) return <p role="status">{t('connection.loading')}</p>;
  const Icon = ICONS[mqtt.state];
  const facts: readonly (readonly [string, string])[] = [
    [s('mqtt.broker'), mqtt.broker ?? '–'],
    [s('mqtt.since'), mqtt.since === null ? '–' : format.instant(mqtt.since)],
    [s('mqtt.waiting'), format.number(mqtt.waiting, 0)],
  ];
  return (
    <>
      <div className={styles.state}>
        <p role="status" className={styles.chip} data-state={mqtt.state}>
          <Icon aria-hidden size={18} />
          {s(`mqtt.state.${mqtt.state}`)}
        </p>
        {mqtt.state === 'off' && <p>{s('mqtt.off')}</p>}
      </div>
      {mqtt.cause !== null && (
        <Banner tone="danger" icon={TriangleAlert}>
          <strong>{s(`mqtt.cause.${mqtt.cause}`)}</strong> {s('mqtt.again')}
          <Said reason={mqtt.reason} />
        </Banner>
      )}
      {mqtt.state !== 'off' && (
        <div className={styles.facts}>
          <Facts facts={facts} />
        </div>
      )}
      {canTest && (
        <div className={styles.test}>
          <Button icon={Send} busy={test.isPending} disabled={isDirty} onClick={() => test.mutate()}>
            {s('mqtt.test')}
          </Button>
          <p className={styles.soft}>{s(isDirty ? 'mqtt.saveFirst' : 'mqtt.testHint')}</p>
        </div>
      )}
      <MutationProblem of={[test]} />
      {test.data && !test.isPending && <Tested result={test.data} />}
    </>
  );
}

function Tested({ result }: { result: MqttTest }) {
  const { t: s } = useTranslation('settings');
  const format = useFormat();
  const { passed, broker, step, cause, reason, topic, took_ms } = result;
  if (passed) {
    const took = `${format.number(took_ms, 0)} ms`;
    return (
      <Banner tone="good" icon={Check} urgent>
        {s('mqtt.passed', { took, broker })}
      </Banner>
    );
  }
  return (
    <Banner tone="danger" icon={TriangleAlert} urgent>
      <strong>{s('mqtt.failed', { broker })}</strong> {step && s(`mqtt.step.${step}`, { topic })}{' '}
      {cause && cause !== 'other' && s(`mqtt.cause.${cause}`)}
      <Said reason={reason} />
    </Banner>
  );
}

/** The words of the other side, which are English. */
function Said({ reason }: { reason: string | null }) {
  const { t: s } = useTranslation('settings');
  return reason === null ? null : <p className={styles.said}>{s('mqtt.said', { reason })}</p>;
}
