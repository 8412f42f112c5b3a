// What viewers of a real unit are told: a snapshot, then all that changes, once each and without gaps; and nothing is
// read while nobody watches.
import { PeristaError, silentLog } from '@perista/core';
import type { PumpsSnapshot } from '@perista/protocol/live';
import { describe, expect, it } from 'vitest';
import type { Store } from '../store/store.ts';
import { firstPump, newPumpInput, OPERATOR, UnitFixture } from '../unit-fixture.ts';
import type { NumberedDelta } from './delta.ts';
import { LiveFeed } from './live-feed.ts';
import { Viewer } from './viewer.ts';

/** A connection that notes what it was handed. */
class FakeLine {
  readonly sent: NumberedDelta[] = [];
  readonly closed: string[] = [];
  isOpen = true;

  isWritable(): boolean {
    return this.isOpen;
  }

  send(delta: NumberedDelta): void {
    this.sent.push(delta);
  }

  close(reason: string): void {
    this.closed.push(reason);
  }

  /** What came since this was last asked. */
  names(): string[] {
    return this.sent.splice(0).map(({ name }) => name);
  }
}

/** How often the database is asked, or asked what `which` says. */
class Reads {
  #reads = 0;
  readonly #which: RegExp;

  constructor(which = /./) {
    this.#which = which;
  }

  readonly count = (store: Store): Store => ({
    all: (sql, ...params) => {
      this.#note(sql);
      return store.all(sql, ...params);
    },
    get: (sql, ...params) => {
      this.#note(sql);
      return store.get(sql, ...params);
    },
    run: (...args) => store.run(...args),
    transaction: (work) => store.transaction(work),
    close: () => store.close(),
  });

  async during(work: () => Promise<void>): Promise<number> {
    const before = this.#reads;
    await work();
    return this.#reads - before;
  }

  #note(sql: string): void {
    if (this.#which.test(sql)) this.#reads++;
  }
}

async function watched(options: ConstructorParameters<typeof UnitFixture>[0] = {}) {
  const fixture = await new UnitFixture(options).boot();
  const { clock, unit } = fixture;
  const feed = new LiveFeed({
    clock,
    log: silentLog,
    bus: unit.bus,
    services: unit.services,
    isAgentPresent: () => unit.agent.presence.kind === 'present',
  });
  feed.start();
  const watch = async () => {
    const line = new FakeLine();
    const answers: unknown[] = [];
    const viewer = new Viewer(clock, line, (answer) => answers.push(answer));
    feed.watch(viewer);
    await clock.advance(100);
    return { line, viewer, answers, snapshot: (answers[0] as { snapshot: PumpsSnapshot }).snapshot };
  };
  return { fixture, clock, unit, feed, watch };
}

const newsOf = (line: FakeLine, name: NumberedDelta['name']) =>
  line.sent.filter((delta) => delta.name === name).map(({ args: [news] }) => news);

describe('the live feed', () => {
  it('begins with what is, numbered 1', async () => {
    const { unit, watch } = await watched();
    const { snapshot, line } = await watch();
    expect(snapshot).toMatchObject({
      seq: 1,
      agent: true,
      emergency_stop: { latched: false },
      health: { status: 'ok' },
    });
    expect(snapshot.pumps).toEqual(unit.services.pumps.list());
    expect(line.sent).toEqual([]);
  });

  it('tells a dose from order to end, in order, without a gap', async () => {
    const { fixture, clock, unit, watch } = await watched();
    const { line } = await watch();
    const doseId = fixture.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await clock.advance(25_000);
    expect(line.sent.map(({ args: [{ seq }] }) => seq)).toEqual(line.sent.map((_, index) => index + 2));

    const kinds = newsOf(line, 'event').map((news) => 'event' in news && news.event.kind);
    expect(kinds).toEqual(['dose_accepted', 'dose_started', 'dose_settled']);
    const names = line.sent.map(({ name }) => name);
    expect(names.filter((name) => name === 'dose:progress').length).toBeGreaterThan(15);
    expect(names.lastIndexOf('dose:progress')).toBeLessThan(names.indexOf('dose:settled'));
    expect(newsOf(line, 'dose:settled')).toMatchObject([{ dose: { dose_id: doseId, state: 'done' } }]);

    const states = newsOf(line, 'pump:state').flatMap((news) => ('pump' in news ? [news.pump] : []));
    expect(states.filter(({ id }) => id === 'a').map(({ state }) => state)).toContain('running');
    // Progress alone is no new state: three events, and a look at the sensors each 5 s.
    expect(states.filter(({ id }) => id === 'a').length).toBeLessThan(10);
    expect(states.findLast(({ id }) => id === 'a')).toMatchObject({ state: 'idle', last_dose: { dose_id: doseId } });
    expect(unit.services.pumps.get('a')).toMatchObject(states.findLast(({ id }) => id === 'a') ?? {});
  });

  it('shows who comes in mid-dose how far it is', async () => {
    const { fixture, clock, watch } = await watched();
    await watch();
    fixture.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await clock.advance(10_000);
    const { snapshot } = await watch();
    expect(snapshot.pumps[0]?.current_dose?.progress?.elapsed_s).toBeGreaterThan(8);
  });

  it('sends values at most ten times a second, the latest of them, and every event', async () => {
    const { clock, unit, watch } = await watched();
    const { line } = await watch();
    line.names();
    for (let ms = 0; ms < 1_000; ms += 10) {
      const progress = { delivered_ml: ms, remaining_s: 1, elapsed_s: 1 };
      unit.bus.publish('dose-progress', { doseId: 'd', pumpId: 'a', progress });
      unit.services.events.append({ kind: `event_${ms}`, pump_id: 'a' });
      await clock.advance(10);
    }
    await clock.advance(100);
    const progress = newsOf(line, 'dose:progress').map((news) => 'progress' in news && news.progress.delivered_ml);
    expect(progress.length).toBeLessThanOrEqual(11);
    expect(progress.at(-1)).toBe(990);
    expect(newsOf(line, 'event')).toHaveLength(100);
  });

  it('tells of the unit: the emergency stop, and an agent that is gone', async () => {
    const { fixture, clock, unit, watch } = await watched();
    const { line } = await watch();
    await clock.until(unit.services.stops.engage(OPERATOR, 'smoke'));
    await clock.advance(200);
    expect(newsOf(line, 'unit:state').at(-1)).toMatchObject({ emergency_stop: { latched: true }, agent: true });
    expect(newsOf(line, 'pump:state').at(-1)).toMatchObject({ pump: { state: 'stopped' } });
    fixture.agent.kill();
    await clock.advance(4_000);
    expect(newsOf(line, 'unit:state').at(-1)).toMatchObject({ health: { status: 'degraded' }, agent: false });
  });

  it('tells of pumps that come and go', async () => {
    const { clock, unit, watch } = await watched({ firstPumps: [firstPump('a')] });
    const { line } = await watch();
    unit.services.pumps.create(newPumpInput('new'), OPERATOR);
    await clock.advance(100);
    expect(newsOf(line, 'pump:state').at(-1)).toMatchObject({ pump: { id: 'new' } });
    unit.services.pumps.remove('new', OPERATOR);
    await clock.advance(100);
    expect(newsOf(line, 'pump:removed')).toMatchObject([{ pump_id: 'new' }]);
    expect((await watch()).snapshot.pumps.map(({ id }) => id)).toEqual(['a']);
  });

  it('sees within seconds what only time changes, and is silent while nothing changes', async () => {
    const { fixture, clock, watch } = await watched();
    fixture.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await clock.advance(3_590_000);
    const { line } = await watch();
    await clock.advance(20_000);
    // Readings of sensors go on; the rest stands still.
    expect(new Set(line.names())).toEqual(new Set(['pump:state']));
    await clock.advance(20_000);
    expect(newsOf(line, 'pump:state').at(-1)).toMatchObject({ pump: { dosed_ml: { hour: 0 } } });
  });

  it('reads nothing for nobody', async () => {
    const reads = new Reads();
    const { clock, feed, watch } = await watched({ wrapStore: reads.count });
    const readsOf = () => reads.during(() => clock.advance(60_000));
    const alone = await readsOf();
    const { viewer, line } = await watch();
    expect(await readsOf()).toBeGreaterThan(alone);
    feed.leave(viewer);
    line.names();
    expect(await readsOf()).toBe(alone);
    expect(line.sent).toEqual([]);
  });

  it('reads pumps each 5 s while nothing happens, though the agent reports each second', async () => {
    const reads = new Reads(/ FROM calibrations /);
    const { clock, watch } = await watched({ wrapStore: reads.count });
    await watch();
    await clock.advance(5_000);
    const looks = await reads.during(() => clock.advance(60_000));
    expect(looks).toBe(12);
  });

  it('tells at once what the agent says of a pump, and within a second what ails the unit', async () => {
    const { fixture, clock, unit, watch } = await watched();
    const { line } = await watch();
    await clock.advance(1_500);
    line.names();
    fixture.agent.setOffline('b', 'no supply');
    await clock.advance(100);
    const offline = [{ code: 'E101', reason: expect.stringContaining('no supply') }];
    expect(newsOf(line, 'pump:state')).toMatchObject([{ pump: { id: 'b', blocked_by: offline } }]);
    const health = unit.services.health.read();
    unit.services.health.read = () => ({ ...health, status: 'degraded', reasons: ['the broker is away'] });
    await clock.advance(1_100);
    expect(newsOf(line, 'unit:state')).toMatchObject([{ health: { reasons: ['the broker is away'] } }]);
  });

  it('tells nobody anything after it is stopped', async () => {
    const { fixture, clock, feed, watch } = await watched();
    const { line } = await watch();
    feed.stop();
    fixture.orderAccepted('a', { volume_ml: 5 });
    await clock.advance(10_000);
    expect(line.sent).toEqual([]);
    const answers: unknown[] = [];
    feed.watch(new Viewer(clock, new FakeLine(), (answer) => answers.push(answer)));
    await clock.advance(10_000);
    expect(answers).toEqual([]);
  });

  it('tells what it knows when the database cannot be read, closes, and goes on when it can', async () => {
    let isBroken = false;
    const wrapStore = (store: Store): Store => ({
      all: (...args) => {
        if (isBroken) throw new PeristaError('E301');
        return store.all(...args);
      },
      get: (...args) => store.get(...args),
      run: (...args) => store.run(...args),
      transaction: (work) => store.transaction(work),
      close: () => store.close(),
    });
    const { clock, unit, watch } = await watched({ wrapStore });
    const { line, viewer } = await watch();
    isBroken = true;
    void unit.services.stops.engage(OPERATOR, 'smoke').catch(() => {});
    await clock.advance(5_000);
    expect(newsOf(line, 'unit:state').at(-1)).toMatchObject({ emergency_stop: { latched: true } });
    expect([line.closed, viewer.isClosed]).toEqual([['unit-unreadable'], true]);
    expect((await watch()).answers).toMatchObject([{ ok: false, code: 'E301' }]);
    isBroken = false;
    const back = await watch();
    expect(back.answers).toMatchObject([{ ok: true }]);
    unit.services.events.append({ kind: 'x', pump_id: 'a' });
    await clock.advance(100);
    expect(back.line.names()).toContain('event');
  });
});

describe('a viewer that does not keep up', () => {
  it('is sent nothing meanwhile, and the latest of all as soon as it takes something', async () => {
    const { fixture, clock, watch } = await watched();
    const { line } = await watch();
    line.isOpen = false;
    fixture.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await clock.advance(20_550);
    expect(line.sent).toEqual([]);
    line.isOpen = true;
    await clock.advance(100);
    expect(line.sent.filter(({ name }) => name === 'pump:state')).toHaveLength(2);
    expect(newsOf(line, 'event')).toHaveLength(3);
  });

  it('for 30 s is closed as too slow', async () => {
    const { fixture, clock, watch } = await watched();
    const { line, viewer } = await watch();
    line.isOpen = false;
    fixture.orderAccepted('a', { volume_ml: 5 });
    await clock.advance(29_000);
    expect(line.closed).toEqual([]);
    await clock.advance(2_000);
    expect([line.closed, viewer.isClosed]).toEqual([['too-slow'], true]);
    const { waitingBytes } = viewer;
    fixture.orderAccepted('b', { volume_ml: 5 });
    await clock.advance(5_000);
    expect([viewer.waitingBytes, line.closed]).toEqual([waitingBytes, ['too-slow']]);
  });

  it('is given 30 s each time anew', async () => {
    const { fixture, clock, watch } = await watched();
    const { line } = await watch();
    fixture.orderAccepted('a', { volume_ml: 5, duration_s: 100 });
    for (let count = 0; count < 3; count++) {
      line.isOpen = false;
      await clock.advance(20_000);
      line.isOpen = true;
      await clock.advance(1_000);
    }
    expect(line.closed).toEqual([]);
  });

  it('is not told the progress of a dose that is over meanwhile', async () => {
    const { fixture, clock, watch } = await watched();
    const { line } = await watch();
    line.isOpen = false;
    fixture.orderAccepted('a', { volume_ml: 5, duration_s: 10 });
    await clock.advance(15_000);
    line.isOpen = true;
    await clock.advance(200);
    expect(line.names()).toEqual(['event', 'event', 'event', 'dose:settled', 'pump:state', 'pump:state']);
  });

  it('and has 1 MB waiting is closed as too slow, and never held more', async () => {
    const { clock, unit, watch } = await watched();
    const { line, viewer } = await watch();
    line.isOpen = false;
    const text = 'x'.repeat(10_000);
    for (let count = 0; count < 200 && line.closed.length === 0; count++) {
      unit.services.events.append({ kind: 'long', data: { text } });
      await clock.advance(10);
      expect(viewer.waitingBytes).toBeLessThanOrEqual(1_000_000);
    }
    expect(line.closed).toEqual(['too-slow']);
    expect(viewer.waitingBytes).toBe(0);
  });
});
