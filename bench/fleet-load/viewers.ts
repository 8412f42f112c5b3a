import { io, type Socket } from 'socket.io-client';
import { percentile } from '../percentile.ts';

// Viewers in a process of their own, each of ten devices. Latency is from the device's own clock, which is this machine's.
const EACH = 10;

const [, , url = '', cookies = '', count = '50', deviceCount = '500', prefix = 'BENCH_', idlePrefix = 'IDLE_'] =
  process.argv;
const proofs = cookies.split(',');

interface Told {
  readonly deviceId: string;
  readonly progress: { readonly ts?: string; readonly deliveredVolumeMl?: number };
}

let latenciesMs: number[] = [];
let errors = 0;
let progress = 0;
let confirmed = 0;
let refused = 0;
/** How old what the paused viewer sees is, ms, of each message since it went on. */
let agesMs: number[] = [];

const idOf = (of: string, index: number) => `${of}${String(index + 1).padStart(4, '0')}`;
/** The last one watches devices that are started. */
const viewers = Array.from({ length: Number(count) + 1 }, (_, viewer) => {
  const isLast = viewer === Number(count);
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: { cookie: proofs[viewer % proofs.length] ?? '' },
  });
  socket.on('connect', () => {
    for (let index = 0; index < EACH; index++) {
      const deviceId = isLast ? idOf(idlePrefix, index) : idOf(prefix, (viewer * EACH + index) % Number(deviceCount));
      socket.emit('subscribe:device', { deviceId }, (answer: { ok: boolean }) => {
        if (!answer.ok) refused++;
      });
    }
  });
  socket.on('device:progress', ({ progress: { ts } }: Told) => {
    progress++;
    const ageMs = Date.now() - Date.parse(ts ?? '');
    if (isLast) return;
    if (viewer === 0) agesMs.push(ageMs);
    else latenciesMs.push(ageMs);
  });
  socket.on('device:error', () => errors++);
  socket.on('device:infusion:confirmed', () => confirmed++);
  return socket;
});

/** Stops taking what comes, as a tab in the background or a bad line does. */
function hold(socket: Socket, isHeld: boolean): void {
  const { transport } = socket.io.engine as unknown as { transport: { ws: { pause(): void; resume(): void } } };
  if (isHeld) transport.ws.pause();
  else transport.ws.resume();
}

process.on('message', (word: string) => {
  const [first] = viewers;
  if (word === 'begin') {
    latenciesMs = [];
    errors = 0;
    progress = 0;
    confirmed = 0;
  }
  if (word === 'pause' && first) hold(first, true);
  if (word === 'resume' && first) {
    agesMs = [];
    hold(first, false);
  }
  if (word === 'count') {
    const at = (share: number) => percentile(latenciesMs, share);
    const latency = { p50: at(0.5), p99: at(0.99), max: at(1) };
    const connected = viewers.filter((each) => each.connected).length - 1;
    process.send?.({ progress, errors, confirmed, refused, connected, latency, newestAgeMs: agesMs.at(-1) ?? null });
  }
  if (word === 'end') process.exit(0);
});
