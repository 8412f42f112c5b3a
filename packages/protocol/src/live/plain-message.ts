import type { DeviceClosing, DeviceServerEvents } from './device-events.ts';
import type { ServerToClientEvents } from './events.ts';

/**
 * The same messages on the plain WebSocket, as JSON text: `data` is what Socket.IO sends, but for its number, which stands
 * beside it. Null: it has none, as it belongs to no subscription. `error` has `code` and `message` in its data.
 */
export interface PlainLiveMessage {
  readonly event: keyof ServerToClientEvents | keyof DeviceServerEvents | keyof DeviceClosing | 'error';
  readonly data: object;
  readonly seq: number | null;
}
