// Proves the two waits of a start and what each answer, late answer, foreign answer and no answer means.
import { afterEach, describe, expect, it } from 'vitest';
import { DEVICE_ID, OLA, OrdersFixture, REQUEST } from './fleet-orders-fixture.ts';

let fleet: OrdersFixture;
const begin = () => {
  fleet = new OrdersFixture();
  return fleet.see().boot();
};
afterEach(() => fleet.crash());

describe('a start', () => {
  it('is written down, sent once, received, accepted and confirmed', async () => {
    begin();
    const { infusionId, commandId } = await fleet.start();
    expect(fleet.sent).toMatchObject([
      {
        deviceId: DEVICE_ID,
        message: {
          ...{ commandId, command: 'START_INFUSION', actor: 'ola', issuedAt: '2026-03-01T12:00:00.000Z' },
          payload: { infusionId, flowRateMlMin: 2, plannedTimeMin: 10, plannedVolumeMl: 20, bolus: { enabled: false } },
        },
      },
    ]);
    expect(fleet.infusion()).toMatchObject({
      state: 'awaiting_confirmation',
      commandId,
      actor: 'ola',
      source: 'server',
    });
    fleet.tell('ack', { commandId, stage: 'received' });
    await fleet.clock.advance(20_000);
    expect(fleet.orders.records.commands(DEVICE_ID)).toMatchObject([
      { state: 'received', waitUntil: '2026-03-01T12:00:30.000Z', sendings: 1 },
    ]);
    fleet.tell('infusion', { commandId, infusionId, confirmed: true, parameters: { flowRateMlMin: 2.0 } });
    expect(fleet.infusion()).toMatchObject({ state: 'running', late: false, verified: true });
    expect(fleet.orders.records.commands(DEVICE_ID)).toEqual([]);
    expect(fleet.alarms()).toEqual([]);
    await fleet.clock.advance(600_000);
    expect(fleet.names()).toEqual(['START_INFUSION']);
    expect(fleet.told.commands.map(({ state }) => state)).toEqual(
      expect.arrayContaining(['created', 'published', 'received', 'done']),
    );
  });

  it('is sent twice more under its id while the device does not say that it has it, and then unanswered', async () => {
    begin();
    const { commandId, infusionId } = await fleet.start();
    await fleet.clock.advance(14_900);
    expect(fleet.sent.map(({ message }) => message.commandId)).toEqual([commandId, commandId, commandId]);
    await fleet.clock.advance(200);
    expect(fleet.infusion()).toMatchObject({
      infusionId,
      state: 'unanswered',
      reason: expect.stringContaining('3 times'),
    });
    expect(fleet.names().slice(3).sort()).toEqual(['CANCEL', 'GET_STATE']);
    expect(fleet.sent.find(({ message }) => message.command === 'CANCEL')?.message.payload).toEqual({
      infusionId,
      commandId,
    });
    expect(fleet.alarms()).toEqual(['unanswered on']);
    expect(fleet.timeline().join()).not.toContain('fail');
  });

  it('is unanswered if nobody accepts it in time, which may be asked for', async () => {
    begin();
    const { commandId } = await fleet.start({ ...REQUEST, acceptWithinS: 60 });
    fleet.tell('ack', { commandId, stage: 'received' });
    await fleet.clock.advance(59_900);
    expect(fleet.infusion()?.state).toBe('awaiting_confirmation');
    await fleet.clock.advance(200);
    expect(fleet.infusion()).toMatchObject({ state: 'unanswered', reason: expect.stringContaining('60 s') });
    expect(fleet.names()).toEqual(['START_INFUSION', 'CANCEL', 'GET_STATE']);
  });

  it('is unanswered if the broker does not take it within 2 s: it may have left', async () => {
    begin().isBrokerConfirming = false;
    await fleet.start();
    await fleet.clock.advance(1_900);
    expect(fleet.infusion()?.state).toBe('requested');
    await fleet.clock.advance(200);
    expect(fleet.infusion()?.state).toBe('unanswered');
  });

  it('is cancelled where the device says that it will not begin it', async () => {
    begin();
    await fleet.start();
    await fleet.clock.advance(15_100);
    const cancel = fleet.sent.find(({ message }) => message.command === 'CANCEL')?.message.commandId;
    fleet.tell('ack', { commandId: cancel, stage: 'done' });
    expect(fleet.infusion()).toMatchObject({ state: 'cancelled', reason: 'The device will not begin it' });
    expect(fleet.alarms()).toEqual(['unanswered latched']);
    expect(fleet.orders.records.startBlockedBy(DEVICE_ID)).toBeNull();
  });

  it('is rejected by the device with its reason, and keeps its parameters', async () => {
    begin();
    const ids = await fleet.start();
    fleet.tell('infusion', { ...ids, confirmed: false, reason: 'Nurse declined' });
    expect(fleet.infusion()).toMatchObject({
      ...{ state: 'rejected', reason: 'Nurse declined' },
      parameters: { flowRateMlMin: 2, plannedVolumeMl: 20 },
    });
    expect(fleet.timeline()).toContain('device infusion rejected: Nurse declined');
    await fleet.clock.advance(60_000);
    expect(fleet.names()).toEqual(['START_INFUSION']);
  });

  it('may be followed by another one after no answer, once the broker has its cancel', async () => {
    begin();
    const first = await fleet.start();
    await fleet.clock.advance(15_100);
    expect(fleet.orders.records.startBlockedBy(DEVICE_ID)).toBeNull();
    const second = await fleet.start();
    expect(second.infusionId).not.toBe(first.infusionId);
    expect(fleet.names().slice(3)).toEqual(['CANCEL', 'GET_STATE', 'START_INFUSION']);
    fleet.tell('infusion', { ...first, confirmed: true });
    expect(fleet.sent.at(-1)?.message).toMatchObject({
      command: 'STOP_INFUSION',
      payload: { infusionId: first.infusionId },
    });
  });

  it('is answered the same under its key, and refused for another body (P2)', async () => {
    begin();
    const first = await fleet.start(REQUEST, 'breakfast');
    expect(await fleet.start(REQUEST, 'breakfast')).toEqual(first);
    expect(fleet.sent).toHaveLength(1);
    await expect(fleet.start({ ...REQUEST, plannedTimeMin: 20 }, 'breakfast')).rejects.toThrow('another body');
  });
});

describe('a confirmation', () => {
  it('after the wait means running, late, with an alarm', async () => {
    begin();
    const ids = await fleet.start();
    await fleet.clock.advance(20_000);
    fleet.tell('infusion', { ...ids, confirmed: true });
    expect(fleet.infusion()).toMatchObject({ state: 'running', late: true });
    expect(fleet.alarms()).toEqual(['unanswered latched', 'late-start on']);
    expect(fleet.told.alarms.at(-1)).toMatchObject({ kind: 'late-start', priority: 'high' });
  });

  it('after a cancel is answered with STOP at once, and with an alarm', async () => {
    begin();
    const ids = await fleet.start();
    fleet.orders.orders.command(DEVICE_ID, { command: 'CANCEL' }, OLA);
    await fleet.clock.advance(100);
    fleet.tell('infusion', { ...ids, confirmed: true });
    expect(fleet.infusion()?.state).toBe('cancelled');
    expect(fleet.names()).toEqual(['START_INFUSION', 'CANCEL', 'STOP_INFUSION']);
    expect(fleet.alarms()).toEqual(['late-start on']);
  });

  it('with other parameters is answered with STOP at once, and with an alarm', async () => {
    begin();
    const ids = await fleet.start();
    fleet.tell('infusion', { ...ids, confirmed: true, parameters: { flowRateMlMin: 20 } });
    expect(fleet.infusion()?.state).toBe('running');
    expect(fleet.names()).toEqual(['START_INFUSION', 'STOP_INFUSION']);
    expect(fleet.alarms()).toEqual(['parameters-differ on']);
  });

  it.each<[string, object, { isRetained?: boolean; deviceId?: string }]>([
    ['of another infusion', { infusionId: 'inf-other', confirmed: true }, {}],
    ['of another command', { commandId: 'cmd-other', confirmed: true }, {}],
    ['of the infusion under another command', { commandId: 'cmd-other', infusionId: 'OURS', confirmed: true }, {}],
    ['that was kept by the broker', { infusionId: 'OURS', confirmed: true }, { isRetained: true }],
    ['from another device', { infusionId: 'OURS', confirmed: true }, { deviceId: 'PUMP_0002' }],
    ['without a name from a device that could name it', { confirmed: true }, {}],
    ['that does not say yes or no', { infusionId: 'OURS' }, {}],
  ])('%s changes nothing', async (_what, body, telling) => {
    begin();
    const { infusionId } = await fleet.start();
    const named = 'infusionId' in body && body.infusionId === 'OURS' ? { ...body, infusionId } : body;
    fleet.tell('infusion', named, telling);
    expect(fleet.infusion()?.state).toBe('awaiting_confirmation');
    expect(fleet.names()).toEqual(['START_INFUSION']);
    const deviceId = telling.deviceId ?? DEVICE_ID;
    const [entry] = fleet.orders.orders.timeline(deviceId, { limit: 1 }).items;
    expect(entry).toMatchObject({ action: 'confirmation', outcome: expect.stringMatching(/^ignored/) });
  });

  it('that comes twice, or after the end, changes nothing', async () => {
    begin();
    const ids = await fleet.run();
    fleet.tell('completion', { infusionId: ids.infusionId, deliveredVolumeMl: 20 });
    fleet.tell('infusion', { ...ids, confirmed: true });
    expect(fleet.infusion()).toMatchObject({ state: 'completed', deliveredMl: 20 });
    expect(fleet.names()).toEqual(['START_INFUSION']);
  });
});

describe('a plain device', () => {
  const plain = { header: null };
  const beginPlain = () => {
    fleet = new OrdersFixture();
    return fleet.see({ dialect: 'v0', boot: null, status: { status: 'online' } }).boot();
  };

  it('is sent a start once, has the whole wait to confirm, and is marked as unverified', async () => {
    beginPlain();
    await fleet.start();
    await fleet.clock.advance(25_000);
    fleet.tell('infusion', {}, plain);
    expect(fleet.infusion()).toMatchObject({ state: 'running', verified: false, late: false });
    expect(fleet.names()).toEqual(['START_INFUSION']);
  });

  it('confirms nothing if there is no start, or if the broker kept it', async () => {
    beginPlain();
    fleet.tell('infusion', {}, plain);
    await fleet.start();
    fleet.tell('infusion', {}, { ...plain, isRetained: true });
    expect(fleet.infusion()?.state).toBe('awaiting_confirmation');
  });

  it('is unanswered after the wait, and late after that', async () => {
    beginPlain();
    await fleet.start();
    await fleet.clock.advance(30_100);
    expect(fleet.infusion()?.state).toBe('unanswered');
    expect(fleet.names()).toEqual(['START_INFUSION', 'CANCEL']);
    fleet.tell('infusion', { confirmed: true }, plain);
    expect(fleet.infusion()).toMatchObject({ state: 'running', late: true, verified: false });
  });

  it('is stopped if it confirms what was cancelled', async () => {
    beginPlain();
    await fleet.start();
    fleet.orders.orders.command(DEVICE_ID, { command: 'CANCEL' }, OLA);
    fleet.tell('infusion', {}, plain);
    expect(fleet.names()).toContain('STOP_INFUSION');
    expect(fleet.alarms()).toEqual(['late-start on']);
  });

  it('ends what runs by its words', async () => {
    beginPlain();
    await fleet.start();
    fleet.tell('infusion', {}, plain);
    fleet.tell('progress', { deliveredVolumeMl: 7.5, state: 'running' }, plain);
    fleet.tell('status', { status: 'completed' }, plain);
    expect(fleet.infusion()).toMatchObject({ state: 'completed', deliveredMl: 7.5 });
  });
});

describe('a start is refused', () => {
  it.each([
    [{ presence: 'offline', presenceReason: 'it went offline' }, 'E502', 'it went offline'],
    [{ presence: 'stale', presenceReason: 'it is silent' }, 'E502', 'it is silent'],
    [{ presence: 'unknown', presenceReason: 'not heard' }, 'E502', 'not heard'],
    [{ status: null }, 'E503', 'has not told yet'],
    [{ status: { status: 'running' } }, 'E503', 'running'],
    [{ status: { status: 'idle', activeInfusionId: 'Y' } }, 'E503', 'infusion Y'],
  ] as const)('of a device like %j', (look, code, words) => {
    begin().see(look);
    expect(fleet.orders.records.startBlockedBy(DEVICE_ID)).toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
    expect(() => fleet.orders.infusions.start({ deviceId: DEVICE_ID, request: REQUEST, actor: OLA })).toThrow(words);
    expect(fleet.sent).toEqual([]);
  });

  it('while another one is open, while a stop is not proven, without a line, and of nobody', async () => {
    begin();
    await fleet.run();
    const start = () => fleet.orders.infusions.start({ deviceId: DEVICE_ID, request: REQUEST, actor: OLA });
    expect(start).toThrow('runs infusion');
    fleet.orders.orders.command(DEVICE_ID, { command: 'STOP_INFUSION' }, OLA);
    expect(start).toThrow('told to stop');
    fleet.isLineUp = false;
    expect(start).toThrow('the broker is away');
    expect(() => fleet.orders.infusions.start({ deviceId: 'nobody', request: REQUEST, actor: OLA })).toThrow(
      'no device',
    );
  });

  it('with all that is wrong with its parameters', () => {
    begin();
    const start = (request: object) => () => fleet.orders.infusions.start({ deviceId: DEVICE_ID, request, actor: OLA });
    expect(start({ flowRateMlMin: 2 })).toThrow('must have two of');
    expect(start({ flowRateMlMin: 2000, plannedTimeMin: 10, plannedVolumeMl: 5 })).toThrow(
      expect.objectContaining({
        code: 'E504',
        errors: [
          { path: 'flowRateMlMin', message: 'must be 0.001 to 100 ml/min, is 2000 ml/min' },
          { path: 'plannedVolumeMl', message: 'must be rate times time, 20000 ml, or be left out; is 5 ml' },
        ],
      }),
    );
  });
});
