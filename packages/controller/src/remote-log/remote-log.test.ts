// Proves that the remote log learns of everything that the relay channels did, in its own words, each once by its id and in
// order, however long it was away and whatever died meanwhile (I19, I22).
import { RemoteEvent } from '@perista/protocol/remote-log';
import { describe, expect, it } from 'vitest';
import { FakeHttpOut } from '../outgoing/fake-http-out.ts';
import { firstPump, OPERATOR, UnitFixture } from '../unit-fixture.ts';
import { EXAMPLE_PLAN, relayPump } from '../weekly-plan/relay-unit-fixture.ts';

const HOUR_MS = 3_600_000;
const TARGET = { url: 'https://log.example.org/', token: 'token-1', deviceId: 'DOSING_UNIT_001' };

/** A unit of two relays and a stepper at noon UTC, with the example's plan on channel 1. */
async function boot() {
  const http = new FakeHttpOut();
  const firstPumps = [relayPump(1), relayPump(2), firstPump('stepper')];
  const unit = await new UnitFixture({ firstPumps, remoteLog: { target: TARGET, http } }).boot();
  unit.services.dosingUnit.configure([{ id: 1, ...EXAMPLE_PLAN }], OPERATOR);
  await unit.clock.advance(1_000);
  const told = () => http.taken.map((body) => RemoteEvent.parse(JSON.parse(body)));
  return { unit, http, told, types: () => told().map(({ event_type }) => event_type) };
}

/** Sleeps to just before the next slot of channel 1, and lives through it. */
async function liveSlot({ clock }: UnitFixture) {
  const untilSlotMs = 12 * HOUR_MS - (clock.wallMs() % (12 * HOUR_MS));
  clock.sleepThrough(untilSlotMs - 12_000);
  await clock.advance(70_000);
}

describe('what the remote log is told', () => {
  it("is the specification's example, field by field, and an id", async () => {
    const { unit, told } = await boot();
    await liveSlot(unit);
    const { event_id, ...event } = told().at(-1) as RemoteEvent;
    expect(event_id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
    expect(event).toEqual({
      device_id: 'DOSING_UNIT_001',
      device_type: 'dosing_system',
      unix_time: Date.UTC(2026, 2, 2) / 1000 + 46,
      channel_id: 1,
      event_type: 'DOSE_EXECUTED',
      volume_ml: 15.5,
      dosing_duration: 47,
      weekly_schedule: 127,
      daily_schedule: 2,
      system_status: 'OK',
    });
  });

  it('has a name for each thing that happens to a channel, and the state of the unit', async () => {
    const { unit, told } = await boot();
    const { dosingUnit, stops } = unit.services;
    dosingUnit.manualDose({ channel_id: 1, volume_ml: 1 }, OPERATOR);
    await unit.clock.advance(5_000);
    dosingUnit.manualDose({ channel_id: 1, volume_ml: 51 }, OPERATOR);
    dosingUnit.startCalibration(2, OPERATOR);
    await unit.clock.advance(31_000);
    dosingUnit.finishCalibration(2, 12.5, OPERATOR);
    dosingUnit.manualDose({ channel_id: 2, volume_ml: 10 }, OPERATOR);
    await unit.clock.advance(2_000);
    await unit.clock.until(stops.engage(OPERATOR));
    await unit.clock.advance(2_000);
    const seen = told().map(({ event_type, channel_id, system_status }) => [event_type, channel_id, system_status]);
    expect(seen).toEqual([
      ['CONFIG_CHANGED', 1, 'OK'],
      ['DOSE_MANUAL', 1, 'OK'],
      ['DOSE_REFUSED', 1, 'OK'],
      ['CALIBRATION', 2, 'OK'],
      ['CALIBRATION', 2, 'OK'],
      ['EMERGENCY_STOP', null, 'STOPPED'],
      ['DOSE_PARTIAL', 2, 'STOPPED'],
    ]);
    const [changed, manual, refused, run, measured] = told();
    expect(changed).toMatchObject({ volume_ml: 15.5, dosing_duration: 47 });
    expect(manual).toMatchObject({ volume_ml: 1, dosing_duration: 3 });
    expect(refused).toMatchObject({ volume_ml: 0, dosing_duration: 0 });
    expect(run).toMatchObject({ volume_ml: null, dosing_duration: 30 });
    expect(measured).toMatchObject({ volume_ml: 12.5, dosing_duration: 30 });
  });

  it('tells of a clock that is not trusted any more', async () => {
    const { unit, told } = await boot();
    await unit.clock.advance(61_000);
    unit.clock.stepWall(-HOUR_MS);
    await unit.clock.advance(21_000);
    expect(told().at(-1)).toMatchObject({ event_type: 'CLOCK_UNTRUSTED', channel_id: null, system_status: 'WARNING' });
  });

  it('holds up nothing that comes after an event of a clock before 1970', async () => {
    const { unit, told, types } = await boot();
    await unit.clock.advance(61_000);
    unit.clock.stepWall(-unit.clock.wallMs() - HOUR_MS);
    await unit.clock.advance(21_000);
    expect(told().at(-1)).toMatchObject({ event_type: 'CLOCK_UNTRUSTED', unix_time: expect.any(Number) });
    expect(told().at(-1)?.unix_time).toBeLessThan(0);
    expect(told().at(-1)?.event_id).toMatch(/^0000000001/);
    unit.services.dosingUnit.manualDose({ channel_id: 1, volume_ml: 51 }, OPERATOR);
    await unit.clock.advance(2_000);
    expect(types().at(-1)).toBe('DOSE_REFUSED');
  });

  it('is nothing of pumps that are no relays', async () => {
    const { unit, types } = await boot();
    unit.orderAccepted('stepper', { volume_ml: 1 });
    await unit.clock.advance(10_000);
    expect(types()).toEqual(['CONFIG_CHANGED']);
  });
});

describe('a remote log that was away', () => {
  it('for a week learns of all of it afterwards, in order and as it was then, through crashes of the unit', async () => {
    const { unit, http, told } = await boot();
    http.isAway = true;
    for (let slot = 0; slot < 14; slot++) {
      await liveSlot(unit);
      if (slot === 5) {
        unit.crash();
        await unit.boot();
      }
    }
    unit.services.dosingUnit.configure([{ id: 1, daily_schedule: 1 }], OPERATOR);
    await unit.clock.advance(1_000);
    expect(unit.services.health.read().reasons).toEqual([
      'The remote log has not taken an event since 2026-03-02T00:00:46.000Z (connect ECONNREFUSED); 15 wait.',
    ]);
    http.isAway = false;
    await unit.clock.advance(301_000);
    expect(told().map(({ event_type, daily_schedule }) => `${event_type} ${daily_schedule}`)).toEqual([
      'CONFIG_CHANGED 2',
      ...Array.from({ length: 14 }, () => 'DOSE_EXECUTED 2'),
      'CONFIG_CHANGED 1',
    ]);
    const times = told().map(({ unix_time }) => unix_time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(told().map(({ event_id }) => event_id)).size).toBe(16);
    expect(unit.services.health.read().reasons).toEqual([]);
  });

  it('is asked again less and less often, and never given up', async () => {
    const { unit, http } = await boot();
    http.refusesWith = 400;
    await liveSlot(unit);
    const before = http.posts;
    await unit.clock.advance(HOUR_MS);
    expect(http.posts - before).toBeGreaterThan(10);
    expect(http.posts - before).toBeLessThan(25);
    http.refusesWith = null;
    await unit.clock.advance(301_000);
    expect(http.taken).toHaveLength(2);
  });

  it('that took an event and could not say so gets it again under the same id', async () => {
    const { unit, http, told } = await boot();
    http.lostAnswers = 1;
    await liveSlot(unit);
    await unit.clock.advance(5_000);
    const [, first, second] = told();
    expect(http.taken).toHaveLength(3);
    expect(second).toEqual(first);
  });
});
