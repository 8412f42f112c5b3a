// Proves that the journal knows every dose it ever began, tells open from settled, and forgets only what it may.
import { silentLog } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { DoseJournal } from './dose-journal.ts';
import type { DoseEnd, DoseStart } from './dose-record.ts';
import { MemoryJournalStorage } from './memory-journal-storage.ts';

const DAY_MS = 24 * 3_600_000;

const start = (doseId: string, pumpId = 'p1', epoch = '1'): DoseStart => ({
  doseId,
  pumpId,
  epoch,
  e0: 5,
  targetCounts: 100,
  capCounts: 110,
  capMs: 1000,
  direction: 'forward',
  mlPerRev: 0.18,
  isCalibrated: true,
  encoder: { bits: 48, countsPerRev: 65536, sign: 1 },
  startedAtWallMs: 0,
});
const end = (endedAtWallMs = 0): DoseEnd => ({
  cause: 'target',
  travel: { lo: 100, hi: 100 },
  loMl: 1,
  hiMl: 1,
  failure: null,
  durationMs: 10,
  endedAtWallMs,
});
const waypoint = (position: number) => ({ position, travel: { lo: 0, hi: 0 }, nextChunkCounts: 10 });

function world() {
  const blobs = new Map<string, Uint8Array>();
  return { blobs, load: () => DoseJournal.load(new MemoryJournalStorage(blobs), silentLog) };
}

describe('DoseJournal', () => {
  it('gives the next agent open doses with their last tick, and ended ones until they are confirmed', async () => {
    const { load } = world();
    const journal = await load();
    await journal.start(start('open.1'));
    await journal.tick('p1', { doseId: 'open.1', waypoint: waypoint(5), elapsedMs: 0 });
    await journal.tick('p1', { doseId: 'open.1', waypoint: waypoint(15), elapsedMs: 0 });
    await journal.start(start('ended', 'p2', '12'));
    await journal.end('ended', end());

    const next = await load();
    expect(next.openDoses().map((dose) => dose.start)).toEqual([start('open.1')]);
    expect(next.lastTick(start('open.1'))).toMatchObject({ waypoint: waypoint(15) });
    expect(next.unconfirmed().map((dose) => dose.start.doseId)).toEqual(['ended']);
    expect(next.highestEpoch()).toBe(12n);
    await next.confirm(['ended', 'open.1', 'unknown'], DAY_MS);
    expect((await load()).unconfirmed()).toEqual([]);
    expect((await load()).openDoses()).toHaveLength(1);
  });

  it('takes no tick of an earlier dose for one of the open dose', async () => {
    const { load } = world();
    const journal = await load();
    await journal.start(start('first'));
    for (let tick = 0; tick < 9; tick++)
      await journal.tick('p1', { doseId: 'first', waypoint: waypoint(tick), elapsedMs: 0 });
    await journal.end('first', end());

    const second = await load();
    await second.start(start('second'));
    expect((await load()).lastTick(start('second'))).toBeNull();
    await second.tick('p1', { doseId: 'second', waypoint: waypoint(77), elapsedMs: 0 });
    expect((await load()).lastTick(start('second'))).toMatchObject({ waypoint: waypoint(77) });
  });

  it('tells a dose that never ticked from one whose only tick cannot be read any more', async () => {
    const { blobs, load } = world();
    const journal = await load();
    await journal.start(start('open.1'));
    expect((await load()).mayHaveTicked(start('open.1'))).toBe(false);
    await journal.tick('p1', { doseId: 'open.1', waypoint: waypoint(5), elapsedMs: 0 });
    for (const [name, bytes] of blobs) if (name.startsWith('tick.p1')) blobs.set(name, bytes.slice(0, -1));
    const next = await load();
    expect(next.lastTick(start('open.1'))).toBeNull();
    expect(next.mayHaveTicked(start('open.1'))).toBe(true);
  });

  it('tells that a tick may not be the last where the one beside it cannot be read', async () => {
    const { blobs, load } = world();
    const journal = await load();
    await journal.start(start('open.1'));
    for (const at of [5, 6]) await journal.tick('p1', { doseId: 'open.1', waypoint: waypoint(at), elapsedMs: 0 });
    expect((await load()).mayHaveTicked(start('open.1'))).toBe(false);
    const newest = 'tick.p1.0';
    blobs.set(newest, (blobs.get(newest) ?? new Uint8Array()).slice(0, -1));
    const next = await load();
    expect(next.lastTick(start('open.1'))).toMatchObject({ waypoint: waypoint(5) });
    expect(next.mayHaveTicked(start('open.1'))).toBe(true);
  });

  it('keeps doses apart whose ids and pumps look alike', async () => {
    const { load } = world();
    const journal = await load();
    await journal.start(start('2026.07.a', 'p'));
    await journal.start(start('2026.07.a.a', 'p'));
    await journal.start(start('07.a', 'p_2026'));
    const ids = (await load()).openDoses().map((dose) => `${dose.start.pumpId}/${dose.start.doseId}`);
    expect(ids.sort()).toEqual(['p/2026.07.a', 'p/2026.07.a.a', 'p_2026/07.a']);
  });

  it('does not let a START that failed halfway be taken for the motion of a later dose', async () => {
    const { blobs, load } = world();
    const medium = new MemoryJournalStorage(blobs);
    let failing = 'dose.p1.given-up.a';
    const write = medium.write.bind(medium);
    medium.write = (name, bytes) => (name === failing ? Promise.reject(new Error('full')) : write(name, bytes));
    const journal = await DoseJournal.load(medium, silentLog);
    await expect(journal.start(start('given-up'))).rejects.toThrow('full');
    expect((await load()).openDoses()).toHaveLength(1);
    failing = '';
    await journal.start(start('next'));
    await journal.end('next', end());
    expect((await load()).openDoses()).toEqual([]);
    expect((await load()).find('given-up')).toBeUndefined();
  });

  it('forgets settled doses past retention, in memory and on the medium', async () => {
    const { blobs, load } = world();
    const journal = await load();
    for (let dose = 0; dose < 402; dose++) {
      await journal.start(start(`d${dose}`));
      await journal.end(`d${dose}`, end(dose));
    }
    await journal.confirm(
      Array.from({ length: 402 }, (_, dose) => `d${dose}`),
      40 * DAY_MS,
    );
    expect(journal.find('d0')).toBeUndefined();
    expect(journal.find('d2')).toBeDefined();
    expect([...blobs.keys()].filter((name) => /\.d[01]\.[ab]$/.test(name))).toEqual([]);
  });

  it('takes a record that is not about its own dose for damaged', async () => {
    const { blobs, load } = world();
    const journal = await load();
    await journal.start(start('mine'));
    for (const copy of ['a', 'b'])
      blobs.set(`dose.p1.other.${copy}`, blobs.get(`dose.p1.mine.${copy}`) ?? new Uint8Array());
    const next = await load();
    expect([next.isDamaged('other'), next.isDamaged('mine'), next.hasDamage('p1')]).toEqual([true, false, true]);
  });
});
