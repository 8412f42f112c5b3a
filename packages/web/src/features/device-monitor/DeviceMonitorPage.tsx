import { type SubmitEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { TextField } from '../../design/Field.tsx';
import { socketService } from '../../live/useDeviceSocket.ts';
import styles from './DeviceMonitor.module.css';
import '../fleet/fleet-words.ts';

interface Heard {
  readonly key: number;
  readonly atMs: number;
  readonly deviceId: string;
  readonly event: string;
  readonly text: string;
}

const MOST_HEARD = 500;
const DEVICE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Every message of a device, raw and live: for whoever builds one, or looks for a fault. */
export function DeviceMonitorPage() {
  const { t } = useTranslation('fleet');
  const [search, setSearch] = useSearchParams();
  const deviceIds = search.getAll('device');
  const [typed, setTyped] = useState('');
  const [isWrong, setIsWrong] = useState(false);
  const { heard, isHeld, setIsHeld, clear } = useMessages(deviceIds);
  const subscribe = (event: SubmitEvent) => {
    event.preventDefault();
    const id = typed.trim();
    setIsWrong(!DEVICE_ID.test(id));
    if (!DEVICE_ID.test(id)) return;
    setTyped('');
    if (!deviceIds.includes(id)) setSearch(searchOf([...deviceIds, id]), { replace: true });
  };
  return (
    <>
      <h1>{t('monitorPage.title')}</h1>
      <Card title={t('monitorPage.subscribed')}>
        <p>{t('monitorPage.text')}</p>
        <form className={styles.form} onSubmit={subscribe} noValidate>
          <TextField
            label={t('monitorPage.id')}
            value={typed}
            autoComplete="off"
            onChange={({ target }) => setTyped(target.value)}
            error={isWrong ? t('monitorPage.wrongId') : undefined}
          />
          <Button type="submit" look="primary">
            {t('monitorPage.subscribe')}
          </Button>
          {deviceIds.map((id) => (
            <Button
              key={id}
              onClick={() => setSearch(searchOf(deviceIds.filter((other) => other !== id)), { replace: true })}
            >
              {t('monitorPage.unsubscribe', { id })}
            </Button>
          ))}
        </form>
      </Card>
      <Card
        title={t('monitorPage.heard', { count: heard.length })}
        side={
          <span className={styles.form}>
            <Button aria-pressed={isHeld} onClick={() => setIsHeld(!isHeld)}>
              {t(isHeld ? 'monitorPage.go' : 'monitorPage.hold')}
            </Button>
            <Button onClick={clear}>{t('monitorPage.clear')}</Button>
          </span>
        }
      >
        {heard.length === 0 && <p>{t('monitorPage.none')}</p>}
        <ol className={styles.messages} aria-label={t('monitorPage.title')}>
          {heard.map(({ key, atMs, deviceId, event, text }) => (
            <li key={key} data-event={event}>
              <span className={styles.head}>
                <time dateTime={new Date(atMs).toISOString()}>{new Date(atMs).toISOString().slice(11, 23)}</time>
                <strong>{deviceId}</strong>
                <code>{event}</code>
              </span>
              <pre>{text}</pre>
            </li>
          ))}
        </ol>
      </Card>
    </>
  );
}

const searchOf = (ids: readonly string[]) => new URLSearchParams(ids.map((id) => ['device', id]));

/** Messages of these devices as they come, newest first. While it is held nothing is added. */
function useMessages(deviceIds: readonly string[]) {
  const [heard, setHeard] = useState<readonly Heard[]>([]);
  const [isHeld, setIsHeld] = useState(false);
  const held = useRef(isHeld);
  held.current = isHeld;
  const lastKey = useRef(0);
  const joined = deviceIds.join(' ');
  useEffect(() => {
    const leave = joined
      .split(' ')
      .filter(Boolean)
      .map((deviceId) =>
        socketService.subscribe(deviceId, ({ kind: event, ...data }) => {
          if (held.current) return;
          const message = {
            key: ++lastKey.current,
            atMs: Date.now(),
            deviceId,
            event,
            text: JSON.stringify(data, null, 2),
          };
          setHeard((before) => [message, ...before].slice(0, MOST_HEARD));
        }),
      );
    return () => {
      for (const each of leave) each();
    };
  }, [joined]);
  return { heard, isHeld, setIsHeld, clear: () => setHeard([]) };
}
