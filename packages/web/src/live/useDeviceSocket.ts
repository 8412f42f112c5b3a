import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { DeviceNews, DeviceView } from './device-state.ts';
import { live } from './live.ts';
import { SocketService } from './socketService.ts';

/** News of devices on the page's one connection. */
export const socketService = new SocketService(live);

/** What is known of a device, for as long as the component is shown; `onNews` hears each message. */
export function useDeviceSocket(deviceId: string, onNews?: (news: DeviceNews) => void): DeviceView {
  const hearer = useRef(onNews);
  hearer.current = onNews;
  const subscribe = useCallback(
    (changed: () => void) =>
      socketService.subscribe(deviceId, (news) => {
        hearer.current?.(news);
        changed();
      }),
    [deviceId],
  );
  return useSyncExternalStore(
    subscribe,
    useCallback(() => socketService.view(deviceId), [deviceId]),
  );
}
