import { CloudOff, EyeOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { invalidate } from '../../api/queries.ts';
import { Banner } from '../../design/Banner.tsx';
import type { DeviceNews } from '../../live/device-state.ts';
import { useNowMs } from '../../live/live.ts';
import { useDeviceSocket } from '../../live/useDeviceSocket.ts';
import { AlarmList } from './AlarmList.tsx';
import { ConnectionChips } from './ConnectionChips.tsx';
import styles from './Device.module.css';
import { DeviceControls } from './DeviceControls.tsx';
import { DeviceStatus } from './DeviceStatus.tsx';
import { TimelineCard } from './TimelineCard.tsx';
import { TrendCard } from './TrendCard.tsx';
import '../fleet/fleet-words.ts';

/** What makes the timeline longer. */
const ENTRIES: ReadonlySet<DeviceNews['kind']> = new Set([
  ...(['snapshot', 'device:infusion', 'device:command', 'device:alarm', 'device:error'] as const),
]);

/** One remote device: is it well, what does it do, what was done with it. */
export function DevicePage({ deviceId }: { deviceId: string }) {
  const { t } = useTranslation();
  const { t: f } = useTranslation('fleet');
  const view = useDeviceSocket(deviceId, ({ kind }) => {
    if (ENTRIES.has(kind)) void invalidate('devices');
  });
  const nowMs = useNowMs(true) ?? 0;
  const { device, refusal, broker, link } = view;
  const isReached = link === 'live' && broker.connected;
  return (
    <>
      <div className={styles.head}>
        <h1>{deviceId}</h1>
        <Link href="/devices">{f('title')}</Link>
      </div>
      {refusal !== null && (
        <Banner tone="danger" icon={EyeOff} urgent>
          {f('refused', { reason: refusal.message })}
        </Banner>
      )}
      {device === null ? (
        refusal === null && <p role="status">{t('connection.loading')}</p>
      ) : (
        <>
          {device.alarms.length > 0 && <AlarmList alarms={device.alarms} />}
          {!broker.connected && (
            <Banner tone="danger" icon={CloudOff} urgent>
              {f('chips.brokerDown', { reason: broker.reason ?? '' })}
            </Banner>
          )}
          <ConnectionChips view={view} nowMs={nowMs} />
          <DeviceControls device={device} isReached={isReached} />
          <DeviceStatus device={device} isStale={!isReached || device.presence !== 'online'} />
          <TrendCard deviceId={deviceId} trail={view.trail} />
          <TimelineCard deviceId={deviceId} />
        </>
      )}
    </>
  );
}
