// Proves that a stop goes on until it is proven, what proves it, and that an alarm stands meanwhile (I12).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEVICE_ID, OLA, OrdersFixture } from './fleet-orders-fixture.ts';

let fleet: OrdersFixture;
let infusionId: string;
const stop = () => fleet.orders.orders.command(DEVICE_ID, { command: 'STOP_INFUSION' }, OLA).commandId;
const stops = () =>
  fleet.sent.filter(({ message }) => message.command === 'STOP_INFUSION').map(({ message }) => message);

beforeEach(async () => {
  fleet = new OrdersFixture().see().boot();
  ({ infusionId } = await fleet.run());
});
afterEach(() => fleet.crash());

describe('a stop', () => {
  it('is sent at once and proven by the device that says so', async () => {
    const commandId = stop();
    expect(stops()).toMatchObject([{ commandId, actor: 'ola', payload: { infusionId } }]);
    fleet.tell('ack', { commandId, stage: 'received' });
    fleet.tell('ack', { commandId, stage: 'done' });
    expect(fleet.infusion()).toMatchObject({ state: 'stopped' });
    fleet.tell('completion', { infusionId, end: 'stopped', deliveredVolumeMl: 3.25 });
    expect(fleet.infusion()).toMatchObject({ state: 'stopped', deliveredMl: 3.25 });
    await fleet.clock.advance(60_000);
    expect(stops()).toHaveLength(1);
    expect(fleet.alarms()).toEqual([]);
  });

  it('is proven by the end of the infusion', async () => {
    stop();
    fleet.tell('completion', { infusionId, end: 'completed', deliveredVolumeMl: 20 });
    await fleet.clock.advance(10_000);
    expect(fleet.infusion()?.state).toBe('completed');
    expect(fleet.alarms()).toEqual([]);
    expect(stops()).toHaveLength(1);
  });

  it('is proven by a status in which nothing runs, and by none from before', async () => {
    stop();
    fleet.tell('status', { status: 'idle', activeInfusionId: null }, { isRetained: true });
    fleet.tell('status', { status: 'offline', activeInfusionId: null });
    expect(fleet.orders.records.commands(DEVICE_ID)).toHaveLength(1);
    fleet.tell('status', { status: 'idle', activeInfusionId: null });
    expect(fleet.infusion()?.state).toBe('stopped');
    expect(fleet.orders.records.commands(DEVICE_ID)).toEqual([]);
  });

  it('is sent again each 3 s under an alarm that stays until it is proven', async () => {
    stop();
    await fleet.clock.advance(2_900);
    expect(fleet.alarms()).toEqual([]);
    await fleet.clock.advance(200);
    expect(fleet.alarms()).toEqual(['stop-not-proven on']);
    await fleet.clock.advance(6_000);
    expect(new Set(stops().map(({ commandId }) => commandId)).size).toBe(1);
    expect(stops()).toHaveLength(4);
    expect(stops().at(-1)?.issuedAt).not.toBe(stops()[0]?.issuedAt);
    const [alarm] = fleet.orders.records.alarms(DEVICE_ID);
    fleet.orders.alarms.acknowledge(String(alarm?.alarmId), OLA);
    fleet.tell('status', { status: 'running', activeInfusionId: infusionId });
    expect(fleet.alarms()).toEqual(['stop-not-proven acknowledged']);
    fleet.tell('status', { status: 'idle', activeInfusionId: null });
    expect(fleet.alarms()).toEqual([]);
    expect(fleet.events.map(({ kind }) => kind)).toEqual(['device_alarm', 'device_alarm_over']);
  });

  it('goes as another one where the device has it and does not obey, or refuses', async () => {
    const first = stop();
    fleet.tell('ack', { commandId: first, stage: 'received' });
    fleet.tell('ack', { commandId: first, stage: 'accepted' });
    await fleet.clock.advance(3_100);
    const second = String(stops()[1]?.commandId);
    expect(second).not.toBe(first);
    fleet.tell('ack', { commandId: second, stage: 'failed', reason: 'motor' });
    await fleet.clock.advance(3_100);
    expect(new Set(stops().map(({ commandId }) => commandId)).size).toBe(3);
    expect(fleet.alarms()).toEqual(['stop-not-proven on']);
    expect(fleet.infusion()?.state).toBe('running');
  });

  it('waits for the line, and goes when it is there', async () => {
    fleet.isLineUp = false;
    stop();
    await fleet.clock.advance(3_100);
    expect(stops()).toEqual([]);
    expect(fleet.alarms()).toEqual(['stop-not-proven on']);
    fleet.isLineUp = true;
    fleet.orders.presence.line(true);
    expect(stops()).toHaveLength(1);
  });

  it('of a start that is not answered cancels it, too', async () => {
    fleet.tell('completion', { infusionId, deliveredVolumeMl: 20 });
    const pending = await fleet.start();
    stop();
    expect(fleet.names()).toEqual(['START_INFUSION', 'START_INFUSION', 'CANCEL', 'STOP_INFUSION']);
    expect(fleet.orders.infusions.list(DEVICE_ID, { limit: 1 }).items).toMatchObject([
      { infusionId: pending.infusionId, state: 'cancelled', reason: 'Cancelled by ola' },
    ]);
    expect(stops()).toMatchObject([{ payload: { infusionId: pending.infusionId } }]);
  });

  it('is given without a name where nothing is known to run', () => {
    fleet.tell('completion', { infusionId, deliveredVolumeMl: 20 });
    stop();
    expect(stops()).toMatchObject([{ payload: { infusionId: null } }]);
    expect(() => fleet.orders.orders.command(DEVICE_ID, { command: 'PAUSE_INFUSION' }, OLA)).toThrow(
      'no running infusion',
    );
  });

  it('leaves although the database cannot be written', async () => {
    fleet.store.run("CREATE TRIGGER full BEFORE INSERT ON device_commands BEGIN SELECT RAISE(ABORT, 'full'); END");
    expect(stop).toThrow('full');
    expect(stops()).toMatchObject([{ payload: { infusionId: null }, actor: 'ola' }]);
  });
});

describe('a pause', () => {
  it('is done when the device says so, and goes on with a resume', async () => {
    const { commandId } = fleet.orders.orders.command(DEVICE_ID, { command: 'PAUSE_INFUSION' }, OLA);
    expect(fleet.orders.orders.command(DEVICE_ID, { command: 'PAUSE_INFUSION' }, OLA).commandId).toBe(commandId);
    fleet.tell('ack', { commandId, stage: 'received' });
    fleet.tell('ack', { commandId, stage: 'done' });
    expect(fleet.infusion()?.state).toBe('paused');
    fleet.orders.orders.command(DEVICE_ID, { command: 'RESUME_INFUSION' }, OLA);
    fleet.tell('status', { status: 'running', activeInfusionId: infusionId });
    expect(fleet.infusion()?.state).toBe('running');
    expect(fleet.orders.records.commands(DEVICE_ID)).toEqual([]);
  });

  it('that nobody answers is unanswered, and the device is asked how it is', async () => {
    fleet.orders.orders.command(DEVICE_ID, { command: 'PAUSE_INFUSION' }, OLA);
    await fleet.clock.advance(15_100);
    expect(fleet.orders.records.commands(DEVICE_ID)).toMatchObject([
      { command: 'PAUSE_INFUSION', state: 'unanswered' },
      { command: 'GET_STATE' },
    ]);
    fleet.tell('status', { status: 'running', activeInfusionId: infusionId });
    fleet.tell('completion', { infusionId, deliveredVolumeMl: 20 });
    expect(fleet.orders.records.commands(DEVICE_ID)).toEqual([]);
  });
});
