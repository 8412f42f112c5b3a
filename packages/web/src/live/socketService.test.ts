// Proves that a page hears of a device from a snapshot on, catches up after an interruption, and that a wait for a start ends by that start alone.
import type { Device, DeviceObject, Infusion } from '@perista/protocol/api';
import type { DeviceAnswer, DeviceSnapshot } from '@perista/protocol/live';
import { describe, expect, it } from 'vitest';
import type { LiveSocket } from './live-client.ts';
import { SocketService } from './socketService.ts';

const AT = '2026-03-01T12:00:00.000Z';
const infusion = (part: Partial<Infusion>) => ({ requestedAt: AT, ...part }) as Infusion;
const device = (part: Partial<Device> = {}) =>
  ({ id: 'P', presence: 'online', infusion: null, commands: [], alarms: [], ...part }) as unknown as Device;
const snapshot = (part: Partial<Device> = {}): DeviceSnapshot => ({
  at: AT,
  broker: { connected: true, reason: null },
  device: device(part),
});

type Answered = (error: null, answer: DeviceAnswer) => void;

/** The page's connection, with the server's side in the hands of the test. */
class FakeSocket {
  connected = true;
  readonly asked: string[] = [];
  readonly emitted: unknown[][] = [];
  readonly #listeners = new Map<string, ((message: never) => void)[]>();
  #answers: Answered[] = [];

  on(name: string, listener: (message: never) => void): this {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
    return this;
  }

  timeout() {
    return {
      emit: (_name: string, { deviceId }: { deviceId: string }, answer: Answered) => {
        this.asked.push(deviceId);
        this.#answers.push(answer);
      },
    };
  }

  emit(...what: unknown[]): void {
    this.emitted.push(what);
  }

  say(name: string, message: unknown = undefined): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(message as never);
  }

  answer(answer: DeviceAnswer): void {
    for (const each of this.#answers.splice(0)) each(null, answer);
  }
}

function page() {
  const socket = new FakeSocket();
  const watchers = new Set<() => void>();
  const source = {
    socket: socket as unknown as LiveSocket,
    watch: (changed: () => void) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
  return { socket, service: new SocketService(source), watchers };
}

describe('news of a device', () => {
  it('begin with a snapshot, follow, and are asked for once however many listen', () => {
    const { socket, service } = page();
    const leave = [service.subscribe('P', () => {}), service.subscribe('P', () => {})];
    expect(socket.asked).toEqual(['P']);
    socket.say('device:progress', { deviceId: 'P', progress: { receivedAt: AT } });
    expect(service.view('P').device).toBeNull();
    socket.answer({ ok: true, snapshot: snapshot() });
    socket.say('device:progress', { deviceId: 'P', progress: { receivedAt: AT, progressPercent: 7 } });
    socket.say('device:progress', { deviceId: 'Q', progress: { receivedAt: AT, progressPercent: 9 } });
    expect(service.view('P')).toMatchObject({ link: 'live', device: { progress: { progressPercent: 7 } } });
    leave[0]?.();
    expect(socket.emitted).toEqual([]);
    leave[1]?.();
    expect(socket.emitted).toEqual([['unsubscribe:device', { deviceId: 'P' }]]);
  });

  it('say when they are lost, and begin anew', () => {
    const { socket, service } = page();
    service.subscribe('P', () => {});
    socket.answer({ ok: true, snapshot: snapshot() });
    socket.say('disconnect');
    expect(service.view('P').link).toBe('lost');
    socket.say('connect');
    socket.answer({ ok: true, snapshot: snapshot({ presence: 'offline' }) });
    expect(service.view('P')).toMatchObject({ link: 'live', device: { presence: 'offline' } });
  });

  it('say why they are refused', () => {
    const { socket, service } = page();
    service.subscribe('P', () => {});
    socket.answer({ ok: false, code: 'E403', message: 'not yours' });
    expect(service.view('P')).toMatchObject({ link: 'refused', refusal: { code: 'E403' } });
  });

  it('are not shown any more when the right to them ends', () => {
    const { socket, service } = page();
    service.subscribe('P', () => {});
    socket.answer({ ok: true, snapshot: snapshot() });
    socket.say('device:closed', { deviceId: 'P', code: 'E403', message: 'not yours any more' });
    expect(service.view('P')).toMatchObject({ link: 'refused', device: null, refusal: { code: 'E403' } });
  });

  it('forget alarms that are off and orders that are over', () => {
    const { socket, service } = page();
    service.subscribe('P', () => {});
    socket.answer({ ok: true, snapshot: snapshot() });
    for (const state of ['on', 'off']) socket.say('device:alarm', { deviceId: 'P', alarm: { alarmId: 'a', state } });
    for (const state of ['received', 'done']) {
      socket.say('device:command', { deviceId: 'P', command: { commandId: 'c', state } });
    }
    expect(service.view('P').device).toMatchObject({ alarms: [], commands: [] });
  });
});

describe('waiting for a confirmation', () => {
  const confirm = (socket: FakeSocket, part: Partial<Infusion>) =>
    socket.say('device:infusion', { deviceId: 'P', infusion: infusion(part) });

  it('ends with the state of its own start, not with a foreign confirmation', async () => {
    const { socket, service } = page();
    const outcome = service.waitForConfirmation('P', 'c1', new AbortController().signal);
    const mine = { infusionId: 'i1', commandId: 'c1' };
    socket.answer({ ok: true, snapshot: snapshot({ infusion: infusion({ ...mine, state: 'requested' }) }) });
    const confirmation = { receivedAt: AT, infusionId: 'other', confirmed: true } as DeviceObject;
    socket.say('device:infusion:confirmed', { deviceId: 'P', confirmation });
    confirm(socket, { infusionId: 'i0', commandId: 'c0', state: 'running', requestedAt: '2026-02-01T12:00:00.000Z' });
    confirm(socket, { ...mine, state: 'awaiting_confirmation' });
    confirm(socket, { ...mine, state: 'running' });
    await expect(outcome).resolves.toMatchObject({ kind: 'running', infusion: { infusionId: 'i1' } });
    expect(socket.emitted).toEqual([['unsubscribe:device', { deviceId: 'P' }]]);
  });

  it('ends with a reconnection that tells what came of it meanwhile', async () => {
    const { socket, service } = page();
    const outcome = service.waitForConfirmation('P', 'c1', new AbortController().signal);
    socket.say('disconnect');
    socket.say('connect');
    const rejected = infusion({ infusionId: 'i1', commandId: 'c1', state: 'rejected', reason: 'door open' });
    socket.answer({ ok: true, snapshot: snapshot({ infusion: rejected }) });
    await expect(outcome).resolves.toMatchObject({ kind: 'rejected', infusion: { reason: 'door open' } });
  });

  it('can be given up', async () => {
    const { service } = page();
    const leave = new AbortController();
    const outcome = service.waitForConfirmation('P', 'c1', leave.signal);
    leave.abort(new Error('closed'));
    await expect(outcome).rejects.toThrow('closed');
    await expect(service.waitForConfirmation('P', 'c1', leave.signal)).rejects.toThrow('closed');
  });
});
