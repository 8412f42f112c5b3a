import type { Device } from '@perista/protocol/api';
import { CloudOff } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Banner } from '../../design/Banner.tsx';
import { Card } from '../../design/Card.tsx';
import { TextField } from '../../design/Field.tsx';
import { useFleet } from '../../live/fleet-feed.ts';
import { useNowMs } from '../../live/live.ts';
import { DeviceTile } from './DeviceTile.tsx';
import styles from './Fleet.module.css';
import { sortFleet } from './fleet-order.ts';
import './fleet-words.ts';

/** All devices, those first that somebody has to look at. */
export function FleetPage() {
  const { t } = useTranslation();
  const { t: f } = useTranslation('fleet');
  const { isLive, broker, devices, clockOffsetMs } = useFleet();
  const nowMs = (useNowMs(true) ?? 0) + clockOffsetMs;
  const [wanted, setWanted] = useState('');
  const [onlyAlarms, setOnlyAlarms] = useState(false);
  const shown = useMemo(
    () => sortFleet([...(devices?.values() ?? [])]).filter((device) => fits(device, wanted, onlyAlarms)),
    [devices, wanted, onlyAlarms],
  );
  return (
    <>
      <h1>{f('title')}</h1>
      {!broker.connected && (
        <Banner tone="danger" icon={CloudOff} urgent>
          {f('chips.brokerDown', { reason: broker.reason ?? '' })}
        </Banner>
      )}
      <Card title={f('count', { count: devices?.size ?? 0 })} side={<Link href="/device-monitor">{f('monitor')}</Link>}>
        <p>{f('text')}</p>
        <div className={styles.filters}>
          <TextField label={f('find')} value={wanted} onChange={({ target }) => setWanted(target.value)} />
          <label>
            <input type="checkbox" checked={onlyAlarms} onChange={({ target }) => setOnlyAlarms(target.checked)} />
            {f('onlyAlarms')}
          </label>
        </div>
      </Card>
      {devices === null && <p role="status">{t('connection.loading')}</p>}
      {devices?.size === 0 && (
        <Card title={f('none')}>
          <p>
            <code>{f('noneHint')}</code>
          </p>
        </Card>
      )}
      <ul className={styles.devices}>
        {shown.map((device) => (
          <li key={device.id}>
            <DeviceTile device={device} nowMs={nowMs} isCutOff={!isLive || !broker.connected} />
          </li>
        ))}
      </ul>
    </>
  );
}

const fits = ({ id, alarms }: Device, wanted: string, onlyAlarms: boolean): boolean =>
  id.toLowerCase().includes(wanted.trim().toLowerCase()) && (!onlyAlarms || alarms.length > 0);
