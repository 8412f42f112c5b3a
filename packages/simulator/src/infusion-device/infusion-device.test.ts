// Proves that the emulated device behaves at its topics as a device should: what it tells parses as the server reads it,
// is numbered, and each command has one effect and one answer.
import { isConnection } from '@perista/controller/mqtt';
import { type CommandName, deviceTopic, parseDeviceMessage } from '@perista/protocol/fleet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEVICE_ID, DeviceBench, PARAMETERS } from './device-bench.ts';
import { volatileMemory } from './device-memory.ts';

const MINUTE = 60_000;

describe('a device that is switched on', () => {
  it('announces itself online, then idle, retained, with its will behind it', async () => {
    const bench = await new DeviceBench().start();
    expect(bench.told).toMatchObject([
      { name: 'status', retain: true, body: { v: 1, boot: 1, seq: 1, status: 'online', tq: 'ntp' } },
      {
        name: 'status',
        retain: true,
        body: { v: 1, boot: 1, seq: 2, status: 'idle', activeInfusionId: null, periodS: 5 },
      },
    ]);
    bench.device.loseConnection();
    expect(bench.told.at(-1)).toMatchObject({
      name: 'status',
      retain: true,
      body: { status: 'offline', boot: 1, seq: 0 },
    });
  });

  it('says often enough that it is there', async () => {
    const bench = await new DeviceBench().start();
    await bench.clock.advance(MINUTE);
    expect(bench.on('status').length).toBeGreaterThanOrEqual(2 + 11);
    await bench.startInfusion();
    expect(bench.on('status').at(-1)).toMatchObject({ status: 'running', periodS: 1 });
  });

  it('comes back by itself when the broker was away, and what must arrive waits', async () => {
    const bench = await new DeviceBench().start();
    await bench.startInfusion();
    bench.broker.change({ isAway: true });
    bench.broker.lose();
    await bench.clock.advance(3 * MINUTE);
    expect(bench.on('completion')).toEqual([]);
    bench.broker.change({ isAway: false });
    await bench.clock.advance(MINUTE);
    expect(bench.on('completion')).toMatchObject([{ infusionId: 'i-1', end: 'completed', deliveredVolumeMl: 12 }]);
    expect(bench.on('status').at(-1)).toMatchObject({ status: 'idle', lastResult: { infusionId: 'i-1' } });
  });

  it('switched off, says so and how far it came', async () => {
    const bench = await new DeviceBench().start();
    await bench.startInfusion();
    await bench.clock.advance(30_000);
    await bench.stop();
    expect(bench.on('completion')).toMatchObject([{ end: 'stopped', reason: 'switched off' }]);
    expect(bench.told.at(-1)).toMatchObject({ retain: true, body: { status: 'offline' } });
    const told = bench.told.length;
    await bench.clock.advance(MINUTE);
    expect(bench.told).toHaveLength(told);
  });
});

describe('an infusion', () => {
  it('is asked of a person, confirmed as it was asked for, told each second, and given whole', async () => {
    const bench = await new DeviceBench().start();
    const commandId = await bench.send('START_INFUSION', { ...PARAMETERS, infusionId: 'i-1' });
    expect(bench.stages(commandId)).toEqual(['received']);
    await bench.clock.advance(20_000);
    expect(bench.on('progress')).toEqual([]);
    bench.device.press({ action: 'accept' });
    await bench.clock.advance(3 * MINUTE);
    expect(bench.stages(commandId)).toEqual(['received', 'accepted', 'executing', 'done']);
    expect(bench.on('infusion')).toMatchObject([
      { commandId, infusionId: 'i-1', confirmed: true, parameters: PARAMETERS },
    ]);
    const progress = bench.on('progress') as { deliveredVolumeMl: number; flowRateMlMin: number; seq: number }[];
    expect(progress.length).toBeGreaterThan(115);
    for (const [place, { deliveredVolumeMl, flowRateMlMin }] of progress.entries()) {
      const before = progress[place - 1]?.deliveredVolumeMl ?? 0;
      expect(deliveredVolumeMl).toBeGreaterThanOrEqual(before);
      if (place < progress.length - 1) expect(flowRateMlMin / 60).toBeCloseTo(deliveredVolumeMl - before, 3);
    }
    expect(progress.at(-1)).toMatchObject({ deliveredVolumeMl: 12, volumeRemainingMl: 0, progressPercent: 100 });
    expect(bench.on('completion')).toMatchObject([{ infusionId: 'i-1', end: 'completed', deliveredVolumeMl: 12 }]);
    expect(bench.on('status').map(({ status }) => status)).toEqual(
      expect.arrayContaining(['running', 'completed', 'idle']),
    );
    const seqs = bench.told.map(({ body }) => body.seq);
    expect(seqs).toEqual(seqs.map((_, place) => place + 1));
  });

  it('pauses, resumes and stops by command, and by the person', async () => {
    const bench = await new DeviceBench().start();
    await bench.startInfusion();
    await bench.clock.advance(20_000);
    const pause = await bench.send('PAUSE_INFUSION', { infusionId: 'i-1' });
    const paused = bench.on('progress').at(-1)?.deliveredVolumeMl;
    await bench.clock.advance(MINUTE);
    expect(bench.on('progress').at(-1)).toMatchObject({ state: 'paused', flowRateMlMin: 0, deliveredVolumeMl: paused });
    await bench.send('RESUME_INFUSION', { infusionId: 'i-1' });
    await bench.clock.advance(10_000);
    const stop = await bench.send('STOP_INFUSION', { infusionId: 'i-1' });
    expect(bench.stages(pause)).toEqual(['received', 'accepted', 'executing', 'done']);
    expect(bench.stages(stop)).toEqual(['received', 'accepted', 'executing', 'done']);
    const [{ end, deliveredVolumeMl } = {}] = bench.on('completion');
    expect(end).toBe('stopped');
    expect(deliveredVolumeMl).toBeCloseTo(3, 0);
    bench.device.press({ action: 'stop' });
    expect(bench.happenings.at(-1)).toEqual({ kind: 'pointless', reason: 'no infusion is under way' });
  });

  it.each([
    ['too fast', { ...PARAMETERS, flowRateMlMin: 1_000, plannedVolumeMl: 2_000, infusionId: 'i-1' }, 'flowRateMlMin'],
    ['against itself', { ...PARAMETERS, plannedVolumeMl: 50, infusionId: 'i-1' }, 'rate and time give 12'],
    ['without a volume', { flowRateMlMin: 6, plannedTimeMin: 2, infusionId: 'i-1' }, 'plannedVolumeMl'],
    ['without an id', PARAMETERS, 'infusionId'],
  ])('%s is refused in words, and nobody is asked', async (_, payload, reason) => {
    const bench = await new DeviceBench().start();
    const commandId = await bench.send('START_INFUSION', payload);
    expect(bench.stages(commandId)).toEqual(['received', 'rejected']);
    expect(bench.on('infusion')).toMatchObject([{ confirmed: false, reason: expect.stringContaining(reason) }]);
    expect(bench.happenings.some(({ kind }) => kind === 'ask')).toBe(false);
  });

  it('is not begun twice, nor beside another, nor once it was stopped before it came', async () => {
    const bench = await new DeviceBench().start();
    await bench.startInfusion('i-1');
    const beside = await bench.send('START_INFUSION', { ...PARAMETERS, infusionId: 'i-2' });
    await bench.send('STOP_INFUSION', { infusionId: 'i-1' });
    const again = await bench.send('START_INFUSION', { ...PARAMETERS, infusionId: 'i-1' });
    await bench.send('STOP_INFUSION', { infusionId: 'i-3' });
    const overtaken = await bench.send('START_INFUSION', { ...PARAMETERS, infusionId: 'i-3' });
    for (const id of [beside, again, overtaken]) expect(bench.stages(id)).toEqual(['received', 'rejected']);
  });
});

describe('a command', () => {
  it('is refused when it is expired, retained or garbled', async () => {
    const bench = await new DeviceBench().start();
    const start = { ...PARAMETERS, infusionId: 'i-1' };
    const issuedAt = new Date(bench.clock.wallMs() - 31_000).toISOString();
    const expired = await bench.send('START_INFUSION', start, { issuedAt });
    expect(bench.on('ack').at(-1)).toMatchObject({ commandId: expired, stage: 'rejected', reason: 'expired' });
    bench.deliver(
      { v: 1, commandId: 'r', command: 'START_INFUSION', payload: start, issuedAt, ttlMs: 1e9, actor: 'a' },
      true,
    );
    expect(bench.on('ack').at(-1)).toMatchObject({ commandId: 'r', stage: 'rejected', reason: /retained/ });
    bench.deliver({ v: 1, commandId: 'g', command: 'EXPLODE' });
    expect(bench.on('ack').at(-1)).toMatchObject({ commandId: 'g', stage: 'rejected', reason: /command/ });
    expect(bench.happenings.some(({ kind }) => kind === 'ask')).toBe(false);
  });

  it('that cancels a start takes it from the person, also where it overtook it', async () => {
    const bench = await new DeviceBench().start();
    const start = await bench.send('START_INFUSION', { ...PARAMETERS, infusionId: 'i-1' });
    await bench.send('CANCEL', { commandId: start, infusionId: 'i-1' });
    bench.device.press({ action: 'accept' });
    expect(bench.stages(start)).toEqual(['received', 'rejected']);
    await bench.send('CANCEL', { commandId: 'late' });
    await bench.send('START_INFUSION', { ...PARAMETERS, infusionId: 'i-2' }, { commandId: 'late' });
    expect(bench.stages('late')).toEqual(['rejected', 'rejected']);
    const running = await bench.startInfusion('i-3');
    const tooLate = await bench.send('CANCEL', { commandId: running, infusionId: 'i-3' });
    expect(bench.stages(tooLate)).toEqual(['received', 'rejected']);
    expect(bench.device.state.run?.infusionId).toBe('i-3');
  });

  it('asks for what was missed, and gets the samples of that stretch', async () => {
    const bench = await new DeviceBench().start();
    await bench.startInfusion();
    await bench.clock.advance(5_000);
    bench.device.loseConnection(20_000);
    await bench.clock.advance(30_000);
    const seen = new Set(bench.told.map(({ body }) => Number(body.seq)));
    const missing = Array.from({ length: Math.max(...seen) }, (_, n) => n + 1).filter((seq) => !seen.has(seq));
    expect(missing.length).toBeGreaterThan(15);
    const [fromSeq = 0, toSeq = 0] = [missing[0], missing.at(-1)];
    const question = await bench.send('BACKFILL', { boot: 1, fromSeq, toSeq });
    const [backfill] = bench.on('backfill') as { samples: { seq: number }[] }[];
    expect(backfill).toMatchObject({ fromSeq, toSeq });
    expect(backfill?.samples.map(({ seq }) => seq)).toEqual(missing);
    expect(bench.stages(question)).toEqual(['received', 'done']);
    await bench.send('BACKFILL', { boot: 7, fromSeq, toSeq });
    expect(bench.on('backfill').at(-1)).toMatchObject({ fromSeq, toSeq, samples: [] });
  });

  it('never has a second effect, however often and between whatever it comes', async () => {
    const names: readonly CommandName[] = [
      'START_INFUSION',
      'STOP_INFUSION',
      'PAUSE_INFUSION',
      'RESUME_INFUSION',
      'CANCEL',
    ];
    const order = fc.record({
      command: fc.constantFrom(...names),
      infusionId: fc.constantFrom('i-1', 'i-2'),
      commandId: fc.constantFrom('a', 'b', 'c', 'd'),
    });
    const act = fc.oneof(
      { weight: 4, arbitrary: order.map((given) => ({ kind: 'order' as const, given })) },
      { weight: 2, arbitrary: fc.constantFrom('accept', 'reject').map((press) => ({ kind: 'press' as const, press })) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 90_000 }).map((forMs) => ({ kind: 'wait' as const, forMs })) },
      { weight: 1, arbitrary: fc.constant({ kind: 'reboot' as const }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const bench = await new DeviceBench().start();
        for (const each of acts) {
          if (each.kind === 'order') {
            const { command, infusionId, commandId } = each.given;
            const wasKnown = bench.device.state.answers.some((answer) => answer.commandId === commandId);
            const before = bench.device.state;
            await bench.send(command, { ...PARAMETERS, infusionId }, { commandId });
            if (!wasKnown) continue;
            const { battery: _, ...after } = bench.device.state;
            expect(after).toEqual(Object.fromEntries(Object.entries(before).filter(([key]) => key !== 'battery')));
          } else if (each.kind === 'press') {
            const { press } = each;
            bench.device.press(press === 'accept' ? { action: 'accept' } : { action: 'reject', reason: 'no' });
          } else if (each.kind === 'wait') await bench.clock.advance(each.forMs);
          else {
            bench.device.reboot();
            await bench.clock.advance(2_000);
          }
        }
        // The same start, confirmed, is always one and the same infusion; and no infusion is completed twice.
        const begun = bench.on('status').filter(({ status }) => status === 'running');
        const ends = bench.on('completion').map(({ infusionId }) => infusionId);
        expect(new Set(ends).size).toBe(ends.length);
        expect(begun.length === 0 || bench.on('infusion').some(({ confirmed }) => confirmed === true)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a power cut', () => {
  it('in good order leaves the result; one without warning leaves nobody who knows', async () => {
    const memory = volatileMemory();
    const bench = await new DeviceBench({ memory }).start();
    const start = await bench.startInfusion();
    await bench.clock.advance(30_000);
    bench.device.reboot();
    await bench.clock.advance(5_000);
    expect(bench.on('completion')).toEqual([]);
    expect(bench.on('status').at(-1)).toMatchObject({
      boot: 2,
      status: 'idle',
      lastResult: { infusionId: 'i-1', end: 'stopped' },
    });
    expect(bench.on('status').findLast(({ seq }) => seq === 1)).toMatchObject({ boot: 2, status: 'online' });

    await bench.send('START_INFUSION', { ...PARAMETERS, infusionId: 'i-1' }, { commandId: start });
    expect(bench.stages(start).at(-1)).toBe('done');
    expect(bench.device.state.run).toBeNull();

    await bench.startInfusion('i-2');
    await bench.clock.advance(5_000);
    const afterKill = await new DeviceBench({ memory }).start();
    expect(afterKill.on('status').at(-1)).toMatchObject({ boot: 3, activeInfusionId: null, lastResult: null });
  });

  it('that makes it forget leaves only the number of its starts', async () => {
    const bench = await new DeviceBench().start();
    await bench.startInfusion();
    bench.device.reboot({ forgets: true });
    await bench.clock.advance(5_000);
    expect(bench.on('status').at(-1)).toMatchObject({ boot: 2, status: 'idle', lastResult: null });
    expect(bench.device.state.answers).toEqual([]);
  });

  it('while a person is asked: that start has surely failed', async () => {
    const memory = volatileMemory();
    const bench = await new DeviceBench({ memory }).start();
    const start = await bench.send('START_INFUSION', { ...PARAMETERS, infusionId: 'i-1' });
    const afterKill = await new DeviceBench({ memory }).start();
    await afterKill.send('START_INFUSION', { ...PARAMETERS, infusionId: 'i-1' }, { commandId: start });
    expect(afterKill.stages(start)).toEqual(['failed']);
  });
});

describe('an alarm', () => {
  it('halts the pump until it is gone and somebody resumes', async () => {
    const bench = await new DeviceBench().start();
    await bench.startInfusion();
    await bench.clock.advance(10_000);
    bench.device.setAlarm('OCCLUSION', true);
    const [start] = bench.on('error');
    expect(start).toMatchObject({
      code: 'OCCLUSION',
      type: 'occlusion',
      severity: 'high',
      phase: 'start',
      infusionId: 'i-1',
    });
    expect(bench.on('status').at(-1)).toMatchObject({ status: 'paused', alarms: [{ code: 'OCCLUSION' }] });
    const refused = await bench.send('RESUME_INFUSION', { infusionId: 'i-1' });
    expect(bench.stages(refused)).toEqual(['received', 'rejected']);
    bench.device.setAlarm('OCCLUSION', false);
    expect(bench.on('error')[1]).toMatchObject({ alarmId: start?.alarmId, phase: 'end' });
    bench.device.press({ action: 'resume' });
    expect(bench.on('status').at(-1)).toMatchObject({ status: 'running', alarms: [] });
  });

  it('of the battery begins when it is low and ends when it was charged', async () => {
    const bench = await new DeviceBench({ periodMs: MINUTE }).start();
    await bench.clock.advance(11 * 60 * MINUTE);
    expect(bench.on('error')).toMatchObject([
      { code: 'BATTERY_LOW', phase: 'start' },
      { code: 'BATTERY_LOW', phase: 'end' },
    ]);
    for (const { batteryLevel } of bench.on('status').slice(2)) expect(batteryLevel).toBeGreaterThan(5);
  });
});

describe('plain payloads', () => {
  it('have no header and no ids, and come on the four topics of the field', async () => {
    const bench = await new DeviceBench({ dialect: 'v0' }).start();
    await bench.startInfusion();
    await bench.clock.advance(3 * MINUTE);
    expect(new Set(bench.told.map(({ name }) => name))).toEqual(new Set(['status', 'infusion', 'progress']));
    const keys = new Set(bench.told.flatMap(({ body }) => Object.keys(body)));
    for (const key of ['v', 'boot', 'seq', 'infusionId', 'commandId', 'activeInfusionId'])
      expect(keys).not.toContain(key);
    expect(bench.on('infusion')).toEqual([{ confirmed: true, parameters: PARAMETERS }]);
  });
});

it.each(['v0', 'v1'] as const)('all that a device of %s tells is understood by the server', async (dialect) => {
  const bench = await new DeviceBench({ dialect }).start();
  await bench.startInfusion();
  bench.device.setAlarm('AIR_IN_LINE', true);
  bench.device.setAlarm('AIR_IN_LINE', false);
  bench.device.tell('progress');
  await bench.send('BACKFILL', { fromSeq: 1, toSeq: 5 });
  await bench.send('STOP_INFUSION');
  await bench.clock.advance(MINUTE);
  for (const { name, body } of bench.told) {
    const parsed = parseDeviceMessage(name, new TextEncoder().encode(JSON.stringify(body)));
    expect(parsed).toMatchObject({ ok: true, message: { header: dialect === 'v1' ? expect.anything() : null } });
  }
});

it('of two under one name the newer one stays', async () => {
  const bench = await new DeviceBench().start();
  const dial = { clientId: DEVICE_ID, filters: [deviceTopic(DEVICE_ID, 'commands')] };
  const will = { topic: deviceTopic(DEVICE_ID, 'status'), body: '{}', qos: 1 as const, retain: true };
  const twin = await bench.broker.dial({ ...dial, will, onArrival: () => {}, onLost: () => {} });
  expect(isConnection(twin)).toBe(true);
  expect(bench.happenings.at(-1)).toMatchObject({ kind: 'disconnected' });
});
