import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostClock, seededRandom, silentLog, sleep } from '@perista/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from './board/board-bench.ts';
import { type EmulatedHardware, type EmulatedHardwareOptions, startEmulatedHardware } from './emulated-hardware.ts';
import { DEFAULT_EMULATED_PUMPS, type EmulatedPump } from './emulated-pump.ts';
import { DEFAULT_EMULATED_RELAYS } from './relay/emulated-relay-pump.ts';

const clock = hostClock(globalThis);
const ACK = 'e0 01 e1';
/** 6400 pulses at code 80, half a turn at microstep 64: 160 ms. */
const HALF_TURN = 'e0 fd 50 00 00 19 00 46';

let folder: string;
let started: EmulatedHardware[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perista-emulated-'));
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((hardware) => hardware.close()));
  rmSync(folder, { recursive: true });
});

const patient = DEFAULT_EMULATED_PUMPS.map(
  (pump): EmulatedPump => ({ ...pump, quirks: { abortOnCommandDuringFD: false, startLatencyMs: 0 } }),
);

async function start(options: Partial<EmulatedHardwareOptions> = {}): Promise<EmulatedHardware> {
  const hardware = await startEmulatedHardware({
    clock,
    random: seededRandom(3),
    log: silentLog,
    pumps: patient,
    windowPort: 0,
    ...options,
  });
  started.push(hardware);
  return hardware;
}

const stateFile = () => join(folder, 'emulator-state.json');

async function lineTo(hardware: EmulatedHardware, id = 'ph-down'): Promise<Socket> {
  const { port } = new URL(hardware.lines[id] ?? '');
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket, hex: string): Promise<string> {
  socket.write(bytesOf(hex));
  const [reply] = await once(socket, 'data');
  return hexOf(reply);
}

interface PumpBody {
  readonly true_ml: number;
  readonly revolutions: number;
  readonly on_s: number;
  readonly moving: boolean;
  readonly motions: readonly { started_at: string; ended_at: string; true_ml: number }[];
}

/** All that the window may answer; a test looks at what it asked for. */
interface WindowBody {
  readonly pumps: Readonly<Record<string, PumpBody>>;
  readonly faults: readonly unknown[];
  readonly errors: readonly { path: string }[];
}

async function call(hardware: EmulatedHardware, method: string, path: string, body?: unknown, headers = {}) {
  const response = await fetch(`http://127.0.0.1:${hardware.windowPort}${path}`, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as WindowBody,
  };
}

async function truth(hardware: EmulatedHardware, id = 'ph-down'): Promise<PumpBody> {
  const pump = (await call(hardware, 'GET', '/truth')).body.pumps[id];
  if (pump === undefined) throw new Error(`no truth on ${id}`);
  return pump;
}

async function resting(hardware: EmulatedHardware, id = 'ph-down') {
  for (;;) {
    const seen = await truth(hardware, id);
    if (!seen.moving && seen.motions.length > 0) return seen;
    await sleep(clock, 10);
  }
}

describe('the relays', () => {
  it('stay as last driven when their owner is gone, and the window tells for how long', async () => {
    const hardware = await start({ relayPumps: DEFAULT_EMULATED_RELAYS.slice(0, 2) });
    const socket = await lineTo(hardware, 'relays');
    socket.write('drive 2\n');
    const [reply] = await once(socket, 'data');
    expect(String(reply)).toBe('driven 2 of 2\n');
    socket.destroy();
    await once(socket, 'close');
    await sleep(clock, 30);
    const on = await truth(hardware, 'relay-2');
    expect([on.moving, on.motions[0]?.ended_at, (await truth(hardware, 'relay-1')).on_s]).toEqual([true, null, 0]);
    expect(on.on_s).toBeGreaterThanOrEqual(0.03);
    expect(on.true_ml).toBeGreaterThan(0);
  });
});

describe('the window', () => {
  it('shows what each pump truly did, and what it does now', async () => {
    const hardware = await start();
    const still = { true_ml: 0, revolutions: 0, on_s: 0, moving: false, motions: [] };
    expect((await call(hardware, 'GET', '/truth')).body).toEqual({ pumps: { 'ph-down': still, 'nutrient-a': still } });
    const socket = await lineTo(hardware);
    expect(await ask(socket, HALF_TURN)).toBe(ACK);
    const seen = await resting(hardware);
    expect(seen.revolutions).toBeCloseTo(0.5, 9);
    expect(seen.on_s).toBeCloseTo(0.16, 6);
    expect(seen.true_ml).toBeGreaterThan(0.06);
    expect(seen.motions).toHaveLength(1);
    const [motion] = seen.motions;
    expect(motion?.true_ml).toBe(seen.true_ml);
    expect(Date.parse(motion?.ended_at ?? '') - Date.parse(motion?.started_at ?? '')).toBeGreaterThanOrEqual(159);
    expect((await truth(hardware, 'nutrient-a')).motions).toEqual([]);
    socket.destroy();
  });

  it('imposes faults for a time, lists them and lifts them', async () => {
    const hardware = await start();
    const socket = await lineTo(hardware);
    const fault = { pump: 'ph-down', fault: 'stall' };
    expect((await call(hardware, 'POST', '/faults', fault)).body).toMatchObject({ ...fault, value: 0, until: null });
    await ask(socket, HALF_TURN);
    await sleep(clock, 250);
    expect((await truth(hardware)).revolutions).toBe(0);
    expect((await call(hardware, 'GET', '/faults')).body.faults).toMatchObject([fault]);
    expect((await call(hardware, 'DELETE', '/faults')).body).toEqual({ faults: [] });
    expect((await call(hardware, 'GET', '/faults')).body.faults).toEqual([]);
    expect((await resting(hardware)).revolutions).toBeCloseTo(0.5, 9);

    await call(hardware, 'POST', '/faults', { pump: 'ph-down', fault: 'unplug', for_s: 0.1 });
    socket.write(bytesOf('e0 30 10'));
    await sleep(clock, 150);
    expect((await call(hardware, 'GET', '/faults')).body.faults).toEqual([]);
    expect(await ask(socket, 'e0 3a 1a')).toBe(ACK);
    socket.destroy();
  });

  it.each([
    ['noise', 0.5],
    ['drop_completion', 1],
    ['power_cycle', 0],
    ['runaway', 3],
    ['reverse', undefined],
    ['clock_error', -0.05],
  ])('takes %s', async (fault, value) => {
    const hardware = await start();
    const answer = await call(hardware, 'POST', '/faults', { pump: 'nutrient-a', fault, value });
    expect(answer).toMatchObject({ status: 200, body: { fault } });
    const known = (await call(hardware, 'GET', '/faults')).body.faults.length;
    expect(known).toBe(fault === 'power_cycle' ? 0 : 1);
  });

  it('names every mistake in a request, and nothing happens', async () => {
    const hardware = await start();
    const refused = async (body: unknown) => {
      const answer = await call(hardware, 'POST', '/faults', body);
      expect(answer.type).toContain('application/problem+json');
      expect(answer.body).toMatchObject({ code: 'E402', status: 422 });
      return [answer.status, answer.body.errors.map(({ path }) => path).toSorted()];
    };
    expect(await refused({ pump: 'nobody', fault: 'noise', value: 2, for_s: 0, extra: 1 })).toEqual([
      422,
      ['extra', 'for_s', 'pump', 'value'],
    ]);
    expect(await refused({ fault: 'melt' })).toEqual([422, ['fault', 'pump']]);
    expect(await refused({ pump: 'ph-down', fault: 'reverse', value: 1 })).toEqual([422, ['value']]);
    expect(await refused({ pump: 'ph-down', fault: 'stall', value: '0' })).toEqual([422, ['value']]);
    expect(await refused({ pump: 'ph-down', fault: 'power_cycle', for_s: 1 })).toEqual([422, ['for_s']]);
    expect(await refused([])).toEqual([422, ['(body)']]);
    expect((await call(hardware, 'GET', '/faults')).body.faults).toEqual([]);
    expect((await call(hardware, 'POST', '/faults', '{"pump":')).status).toBe(400);
    expect((await call(hardware, 'GET', '/nothing')).status).toBe(404);
  });

  it("does not answer other people's web pages", async () => {
    const hardware = await start();
    expect((await call(hardware, 'GET', '/truth', undefined, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await call(hardware, 'GET', '/truth', undefined, { origin: 'http://127.0.0.1:8080' })).status).toBe(200);
    const { windowPort } = hardware;
    const socket = connect(windowPort, '127.0.0.1');
    socket.end('GET /truth HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    const [head] = await once(socket, 'data');
    expect(String(head)).toContain('403');
  });

  it('says clearly when its port is in use', async () => {
    const { windowPort } = await start();
    await expect(start({ windowPort })).rejects.toMatchObject({
      code: 'E305',
      message: expect.stringContaining(`${windowPort}`),
    });
  });
});

describe('boards whose process was away', () => {
  /** As SIGKILL leaves it: the file of the last save, and a new process some time later. */
  const survive = async (hardware: EmulatedHardware) => {
    const saved = readFileSync(stateFile());
    await hardware.close();
    writeFileSync(stateFile(), saved);
    const otherOrigin = { ...clock, monotonicMs: () => clock.monotonicMs() - 100_000 };
    return start({ stateFile: stateFile(), clock: otherOrigin });
  };

  it('have finished a move that was under way, exactly, and remember all of it', async () => {
    const before = await start({ stateFile: stateFile() });
    const socket = await lineTo(before);
    await ask(socket, HALF_TURN);
    socket.destroy();
    expect((await truth(before)).moving).toBe(true);
    const after = await survive(before);
    const seen = await resting(after);
    expect(seen.revolutions).toBeCloseTo(0.5, 9);
    expect(seen.motions).toHaveLength(1);
    const again = await lineTo(after);
    expect(await ask(again, 'e0 30 10')).toBe('e0 00 00 02 d0 80 00 32');
    again.destroy();
    expect(readdirSync(folder)).toEqual(['emulator-state.json']);
  });

  it('keep settings, and faults that still hold', async () => {
    const before = await start({ stateFile: stateFile() });
    const socket = await lineTo(before);
    await ask(socket, 'e0 84 10 74');
    await call(before, 'POST', '/faults', { pump: 'ph-down', fault: 'stall', value: 16_384 });
    await ask(socket, 'e0 fd 50 00 00 0c 80 b9');
    await sleep(clock, 150);
    socket.destroy();
    const after = await survive(before);
    expect((await call(after, 'GET', '/faults')).body.faults).toMatchObject([{ fault: 'stall', value: 16_384 }]);
    expect((await truth(after)).revolutions).toBeCloseTo(0.25, 9);
    await call(after, 'DELETE', '/faults');
    expect((await resting(after)).revolutions).toBeCloseTo(1, 9);
  });

  it('start anew from an unreadable file', async () => {
    writeFileSync(stateFile(), '{"version":1');
    expect((await truth(await start({ stateFile: stateFile() }))).motions).toEqual([]);
  });

  it('a free run goes on while nobody is there, as a real one would', async () => {
    const before = await start({ stateFile: stateFile() });
    const socket = await lineTo(before);
    await ask(socket, 'e0 f6 10 e6');
    socket.destroy();
    const after = await survive(before);
    expect((await truth(after)).moving).toBe(true);
  });
});

describe('resting and closing', () => {
  it('waits for the move to end and ends free runs', async () => {
    const hardware = await start({ stateFile: stateFile() });
    const one = await lineTo(hardware, 'ph-down');
    const two = await lineTo(hardware, 'nutrient-a');
    await ask(one, HALF_TURN);
    await ask(two, 'e0 f6 10 e6');
    await hardware.restAndClose();
    const after = await start({ stateFile: stateFile() });
    expect((await truth(after, 'ph-down')).revolutions).toBeCloseTo(0.5, 9);
    expect((await truth(after, 'ph-down')).moving).toBe(false);
    expect((await truth(after, 'nutrient-a')).moving).toBe(false);
    one.destroy();
    two.destroy();
  });

  it('does not wait for ever', async () => {
    const begunMs = clock.monotonicMs();
    const hardware = await start();
    const socket = await lineTo(hardware);
    await ask(socket, 'e0 fd 01 00 0f 42 40 6f');
    await hardware.restAndClose();
    expect(clock.monotonicMs() - begunMs).toBeLessThan(4000);
    socket.destroy();
  });
});

describe('lines', () => {
  it('keep the ports they are told, and boards may share one', async () => {
    const [first, second] = patient;
    if (first === undefined || second === undefined) throw new Error('there are two default pumps');
    const pumps = [
      { ...first, line: 'main' },
      { ...second, line: 'main', address: 0xe3 },
    ];
    const hardware = await start({ pumps });
    expect(Object.keys(hardware.lines)).toEqual(['main', 'inputs']);
    const port = Number(new URL(hardware.lines.main ?? '').port);
    await hardware.close();
    const again = await start({ pumps, linePorts: { main: port } });
    expect(again.lines).toMatchObject({ main: `tcp://127.0.0.1:${port}` });
    const socket = await lineTo(again, 'main');
    expect(await ask(socket, 'e0 3a 1a')).toBe(ACK);
    expect(await ask(socket, 'e3 3a 1d')).toBe('e3 01 e4');
    socket.destroy();
  });
});
