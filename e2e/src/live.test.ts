// What a browser is told live, with the real processes: a dose from order to end, and a controller that dies and returns.
import type { Dose, Pump } from '@perista/protocol/api';
import type {
  ClientToServerEvents,
  PumpsSnapshot,
  ServerToClientEvents,
  SubscribeAnswer,
} from '@perista/protocol/live';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, killHard, PASSWORD, startUnit, type TestUnit, until } from './harness/index.ts';

type Client = Socket<ServerToClientEvents, ClientToServerEvents>;

/** A screen as a browser keeps it: the newest snapshot, and what came after it. */
class Screen {
  readonly client: Client;
  snapshots: PumpsSnapshot[] = [];
  heard: [name: string, news: { seq: number } & Record<string, unknown>][] = [];
  readonly disconnects: { reason: string; atMs: number }[] = [];

  constructor(url: string, cookie: string) {
    this.client = io(url, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie, origin: url } });
    this.client.on('connect', () => {
      this.client.emit('subscribe:pumps', (answer: SubscribeAnswer<PumpsSnapshot>) => {
        if (!answer.ok) throw new Error(answer.message);
        this.heard = [];
        this.snapshots.push(answer.snapshot);
      });
    });
    this.client.on('disconnect', (reason) => this.disconnects.push({ reason, atMs: performance.now() }));
    this.client.onAny((name, news) => this.heard.push([name, news]));
  }

  newest(): PumpsSnapshot {
    const snapshot = this.snapshots.at(-1);
    if (snapshot === undefined) throw new Error('no snapshot yet');
    return snapshot;
  }

  of(name: keyof ServerToClientEvents): Record<string, unknown>[] {
    return this.heard.filter(([each]) => each === name).map(([, news]) => news);
  }

  /** The pump as the screen shows it now. */
  pump(pumpId: string): Pump | undefined {
    const later = this.of('pump:state').map(({ pump }) => pump as Pump);
    return [...this.newest().pumps, ...later].findLast(({ id }) => id === pumpId);
  }
}

describe('a screen', () => {
  let unit: TestUnit;
  const screens: Screen[] = [];

  const open = async (cookie = unit.api.cookie): Promise<Screen> => {
    const screen = new Screen(unit.url, cookie);
    screens.push(screen);
    await until(() => screen.snapshots.length > 0, 5_000, 'a snapshot');
    return screen;
  };

  beforeAll(async () => {
    unit = await startUnit();
    const pumps = async () => ((await unit.api.request('GET', '/api/pumps')).body as { items: Pump[] }).items;
    const isIdle = async () => (await pumps()).every(({ state }) => state === 'idle');
    await until(isIdle, 10_000, 'all pumps are made safe');
  });

  afterAll(() => {
    for (const { client } of screens) client.disconnect();
  });

  it('is told a dose from order to end, without a gap, and follows what really flows', async () => {
    const [screen, other] = [await open(), await open()];
    expect(screen.newest()).toMatchObject({ agent: true, emergency_stop: { latched: false } });
    expect(screen.newest().pumps.map(({ id, state, emulated }) => [id, state, emulated])).toEqual([
      ['ph-down', 'idle', true],
      ['nutrient-a', 'idle', true],
      ...[1, 2, 3, 4, 5, 6].map((channel) => [`relay-${channel}`, 'idle', true]),
    ]);
    const { dose_id: doseId } = await unit.api.dose('ph-down', { volume_ml: 2, duration_s: 6 });
    await until(() => screen.of('dose:progress').length >= 5, 10_000, 'progress');
    const progress = screen.of('dose:progress').at(-1)?.progress as NonNullable<Dose['progress']>;
    const truth = await unit.emulator.truth('ph-down');
    // What flows in a second, at 2 ml in 6 s.
    expect(Math.abs(truth.true_ml - progress.delivered_ml)).toBeLessThan(2 / 6);
    expect(screen.pump('ph-down')).toMatchObject({ state: 'running', current_dose: { dose_id: doseId } });

    await until(() => screen.pump('ph-down')?.last_dose?.dose_id === doseId, 15_000, 'the end');
    expect(screen.of('dose:settled')).toEqual([{ seq: expect.any(Number), dose: await unit.api.ledgerEntry(doseId) }]);
    expect(screen.pump('ph-down')).toMatchObject({ state: 'idle', current_dose: null, last_dose: { state: 'done' } });
    for (const { heard, snapshots } of [screen, other]) {
      expect(snapshots).toHaveLength(1);
      expect(heard.map(([, { seq }]) => seq)).toEqual(heard.map((_, index) => index + 2));
      const names = heard.map(([name]) => name);
      expect(names.lastIndexOf('dose:progress')).toBeLessThan(names.indexOf('dose:settled'));
    }
  });

  it('sees at once that the controller died, comes back by itself and shows the truth', async () => {
    const screen = await open();
    const former = unit.pid('controller');
    const { dose_id: doseId } = await unit.api.dose('nutrient-a', { volume_ml: 4, duration_s: 10 });
    await until(() => screen.pump('nutrient-a')?.state === 'running', 5_000, 'the dose runs');
    const diedAtMs = performance.now();
    await killHard(former);
    await until(() => screen.disconnects.length === 1, 5_000, 'the screen notices');
    expect((screen.disconnects[0]?.atMs ?? Number.NaN) - diedAtMs).toBeLessThan(2_000);

    await until(() => screen.snapshots.length === 2, 20_000, 'a new snapshot');
    const shown = () => screen.pump('nutrient-a');
    await until(() => shown()?.last_dose?.dose_id === doseId, 30_000, 'the end of the dose');
    const dose = await unit.api.ledgerEntry(doseId);
    expect(shown()).toMatchObject({ current_dose: null, last_dose: { state: dose.state, hi_ml: dose.hi_ml } });
    expect(screen.heard.map(([, { seq }]) => seq)).toEqual(screen.heard.map((_, index) => index + 2));
  });

  it('sees within seconds that the controller hangs, and comes back when it goes on', async () => {
    const screen = await open();
    const hangingPid = unit.pid('controller');
    process.kill(hangingPid, 'SIGSTOP');
    try {
      await until(() => screen.disconnects.length === 1, 6_000, 'the screen notices');
    } finally {
      process.kill(hangingPid, 'SIGCONT');
    }
    expect(screen.disconnects[0]?.reason).toBe('ping timeout');
    await until(() => screen.snapshots.length >= 2, 20_000, 'a new snapshot');
    await until(() => screen.pump('ph-down')?.state === 'idle', 10_000, 'the pump can dose');
  });

  it('of somebody who logs out closes within a second; others stay', async () => {
    const api = new ApiClient(unit.url);
    await api.login(PASSWORD);
    const [stays, leaves] = [await open(), await open(api.cookie)];
    const loggedOutAtMs = performance.now();
    await api.request('DELETE', '/api/session');
    await until(() => leaves.disconnects.length === 1, 5_000, 'the screen is shown out');
    expect((leaves.disconnects[0]?.atMs ?? Number.NaN) - loggedOutAtMs).toBeLessThan(1_000);
    expect(leaves.of('live:closed')).toEqual([{ reason: 'logged-out' }]);
    expect(stays.disconnects).toEqual([]);
  });

  it('of a stranger is refused: no log-in, or a web page of somebody else', async () => {
    const refusals = [{}, { cookie: unit.api.cookie, origin: 'http://evil.example' }].map(async (extraHeaders) => {
      const client: Client = io(unit.url, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        extraHeaders,
      });
      const failure = await new Promise<Error & { data?: unknown }>((resolve, reject) => {
        client.on('connect_error', resolve);
        client.on('connect', () => reject(new Error('the stranger was let in')));
      });
      client.disconnect();
      return failure.data;
    });
    expect(await Promise.all(refusals)).toEqual([{ code: 'E401' }, undefined]);
  });

  it('is told that the unit stops, and does not keep it from stopping', async () => {
    const screen = await open();
    const stopping = unit.stop();
    await until(() => screen.of('live:closed').length === 1, 10_000, 'the screen is told');
    expect(screen.of('live:closed')).toEqual([{ reason: 'server-stopping' }]);
    expect(await stopping).toBe(0);
  });
});
