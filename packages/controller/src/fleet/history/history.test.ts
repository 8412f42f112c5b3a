// Proves that what devices told stays known in numbers, that what is missing is asked for, and that what nobody knows is a gap.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@perista/core';
import type { CommandMessage } from '@perista/protocol/fleet';
import { describe, expect, it } from 'vitest';
import { NodeSqliteStore } from '../../store/node-sqlite-store.ts';
import { startFleet } from '../fleet-fixture.ts';
import { NO_HISTORY, type Sample } from './device-history-store.ts';
import { openHistory } from './open-history.ts';
import { SqliteHistoryStore } from './sqlite-history-store.ts';

const BEGUN_MS = Date.parse('2026-03-01T07:30:00Z');
const at = (ms: number) => new Date(BEGUN_MS + ms).toISOString();
const numbered = (seq: number, body: object = {}) => ({ v: 1, boot: 1, seq, deliveredVolumeMl: seq, ...body });

type Fleet = Awaited<ReturnType<typeof startFleet>>;

async function trend({ clock, trends }: Fleet, range: Parameters<Fleet['trends']['trend']>[2] = {}) {
  return clock.until(trends.trend('admin', 'a', range));
}

const asked = ({ broker }: Fleet): CommandMessage[] =>
  (broker.on('devices/a/commands') as unknown as CommandMessage[]).filter(({ command }) => command === 'BACKFILL');

describe('the numbers of a device', () => {
  it('are kept in one commit for many, and seen at once', async () => {
    const fleet = await startFleet();
    const rows = () => fleet.historyFile.get<{ count: number }>('SELECT count(*) AS count FROM samples')?.count;
    for (let second = 0; second < 4; second++) {
      fleet.tell('a', 'progress', { flowRateMlMin: 2, deliveredVolumeMl: second, batteryLevel: 80, ward: 'B' });
      fleet.tell('a', 'status', { status: 'running' });
      await fleet.clock.advance(1_000);
    }
    expect(rows()).toBe(0);
    const { samples, spanS, gaps } = await trend(fleet);
    expect([rows(), spanS, gaps]).toEqual([4, 0, []]);
    expect(samples.map(({ deliveredVolumeMl }) => deliveredVolumeMl?.mean)).toEqual([0, 1, 2, 3]);
    expect(samples[0]).toEqual({
      ...{ at: at(10), count: 1, flowRateMlMin: { min: 2, mean: 2, max: 2 } },
      ...{ deliveredVolumeMl: { min: 0, mean: 0, max: 0 }, batteryLevel: { min: 80, mean: 80, max: 80 } },
    });
  });

  it('are joined into spans where there are more than points', async () => {
    const fleet = await startFleet();
    const history: Sample[] = Array.from({ length: 7_200 }, (_, second) => ({
      ...{ deviceId: 'a', atMs: BEGUN_MS + second * 1_000, number: { boot: 1, seq: second } },
      ...{ flowRateMlMin: second % 2, deliveredVolumeMl: second, batteryLevel: null },
    }));
    fleet.history.add(history);
    const { samples, spanS } = await trend(fleet, { from: at(0), to: at(7_200_000), points: 10 });
    expect([spanS, samples.length]).toEqual([720, 10]);
    expect(samples[1]).toEqual({
      ...{ at: at(720_000), count: 720, batteryLevel: null },
      ...{ flowRateMlMin: { min: 0, mean: 0.5, max: 1 }, deliveredVolumeMl: { min: 720, mean: 1079.5, max: 1439 } },
    });
    const page = fleet.trends.pages('admin', 'a', { from: at(0), to: at(7_200_000) });
    let count = 0;
    for (let part = page(undefined, 1_000); part.length > 0; part = page(part.at(-1), 1_000)) count += part.length;
    expect(count).toBe(7_200);
  });

  it('are forgotten when they are old, some at a time', async () => {
    const fleet = await startFleet({ historyDays: 1 });
    const day = 86_400_000;
    const old = Array.from({ length: 12_000 }, (_, index) => index - 12_000 - day);
    fleet.history.add(
      [...old, 0].map((ms) => ({
        ...{ deviceId: 'a', atMs: BEGUN_MS + ms, number: null },
        ...{ flowRateMlMin: 1, deliveredVolumeMl: null, batteryLevel: null },
      })),
    );
    const left = () => fleet.history.samples({ deviceId: 'a', fromMs: 0, toMs: BEGUN_MS + day }, 20_000).length;
    await fleet.clock.advance(1_500);
    expect(left()).toBe(7_001);
    await fleet.clock.advance(5_000);
    expect(left()).toBe(1);
  });

  it.each([
    [{ from: at(1_000), to: at(0) }, 'from must be before to'],
    [{ from: '2020-01-01T00:00:00Z', to: at(0) }, '400 days'],
  ])('are not shown for %j', async (range, reason) => {
    const fleet = await startFleet();
    await expect(fleet.trends.trend('admin', 'a', range)).rejects.toThrow(reason);
    await expect(fleet.trends.trend('eve', 'a', {})).rejects.toThrow('was not given');
  });
});

describe('messages that are missing', () => {
  it('are waited for, then asked for, and stand where the device says', async () => {
    const fleet = await startFleet();
    for (const seq of [1, 2, 5]) {
      fleet.tell('a', 'progress', numbered(seq));
      await fleet.clock.advance(1_000);
    }
    expect(asked(fleet)).toEqual([]);
    await fleet.clock.advance(3_000);
    expect(asked(fleet).map(({ payload }) => payload)).toEqual([{ boot: 1, fromSeq: 3, toSeq: 4 }]);
    const samples = [
      { boot: 1, seq: 3, ageMs: 5_000, deliveredVolumeMl: 3 },
      // By the device's clock a little later than it was heard.
      { boot: 1, seq: 5, ageMs: 3_700, deliveredVolumeMl: 5 },
    ];
    fleet.tell('a', 'backfill', { ...numbered(6), fromSeq: 3, toSeq: 4, samples });
    await fleet.clock.advance(60_000);
    const told = await trend(fleet);
    expect(told.samples.map(({ at: when, deliveredVolumeMl }) => [when, deliveredVolumeMl?.mean])).toEqual([
      [at(10), 1],
      [at(1_010), 2],
      [at(1_010), 3],
      [at(2_010), 5],
    ]);
    expect(told.gaps).toEqual([]);
  });

  it('are not asked for if they were only overtaken', async () => {
    const fleet = await startFleet();
    for (const seq of [1, 3, 2]) fleet.tell('a', 'progress', numbered(seq));
    await fleet.clock.advance(70_000);
    expect([asked(fleet), (await trend(fleet)).gaps]).toEqual([[], []]);
  });

  it('are a gap once a minute has passed, and not asked for any more', async () => {
    const fleet = await startFleet();
    fleet.tell('a', 'progress', numbered(1));
    await fleet.clock.advance(10_000);
    fleet.tell('a', 'progress', numbered(5));
    await fleet.clock.advance(59_000);
    expect((await trend(fleet)).gaps).toEqual([]);
    await fleet.clock.advance(2_000);
    const gap = { from: at(10), to: at(10_010), reason: '3 messages are missing' };
    expect((await trend(fleet)).gaps).toEqual([gap]);
    fleet.tell('a', 'progress', numbered(7));
    await fleet.clock.advance(4_000);
    expect(asked(fleet).at(-1)?.payload).toEqual({ boot: 1, fromSeq: 6, toSeq: 6 });
  });

  it('before a start of the device, or in the silence of a plain one, are a gap that nobody can fill', async () => {
    const fleet = await startFleet();
    fleet.tell('a', 'progress', { ...numbered(1), boot: 1 });
    await fleet.clock.advance(2_000);
    fleet.tell('a', 'progress', { ...numbered(1), boot: 2 });
    fleet.tell('b', 'progress', { deliveredVolumeMl: 1 });
    await fleet.clock.advance(300_000);
    fleet.tell('b', 'progress', { deliveredVolumeMl: 2 });
    expect((await trend(fleet)).gaps).toEqual([{ from: at(10), to: at(2_010), reason: 'the device started anew' }]);
    const ofB = await fleet.clock.until(fleet.trends.trend('admin', 'b', {}));
    expect(ofB.gaps).toMatchObject([{ from: at(2_010), reason: 'nothing was heard' }]);
  });

  it('of a server that was away are asked for when it is back', async () => {
    const first = await startFleet();
    first.tell('a', 'progress', numbered(7));
    await first.stop();
    const fleet = await startFleet({ broker: first.broker, store: first.store, historyFile: first.historyFile });
    fleet.tell('a', 'progress', numbered(10));
    await fleet.clock.advance(5_000);
    expect(asked(fleet).map(({ payload }) => payload)).toEqual([{ boot: 1, fromSeq: 8, toSeq: 9 }]);
  });

  it('of a server that was away are missed also where what the broker kept is newer', async () => {
    const first = await startFleet();
    first.tell('a', 'progress', numbered(7));
    await first.stop();
    const fleet = await startFleet({ broker: first.broker, store: first.store, historyFile: first.historyFile });
    fleet.tell('a', 'status', { ...numbered(9), status: 'running' }, { retain: true });
    fleet.tell('a', 'progress', numbered(10));
    await fleet.clock.advance(5_000);
    expect(asked(fleet).map(({ payload }) => payload)).toEqual([{ boot: 1, fromSeq: 8, toSeq: 8 }]);
    await fleet.clock.advance(60_000);
    expect((await trend(fleet)).gaps).toMatchObject([{ reason: 'a message is missing' }]);
  });
});

describe('the file of the history', () => {
  it('is taken as it is by the next start, and survives without the last commits', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'perista-history-')), 'history.sqlite');
    const store = new NodeSqliteStore(path, 'NORMAL');
    const sample = {
      deviceId: 'a',
      atMs: 5,
      number: null,
      flowRateMlMin: 1,
      deliveredVolumeMl: null,
      batteryLevel: null,
    };
    new SqliteHistoryStore(store, 0).add([sample]);
    expect([store.get('PRAGMA synchronous'), store.get('PRAGMA journal_mode')]).toEqual([
      { synchronous: 1 },
      { journal_mode: 'wal' },
    ]);
    store.close();
    const { history, close } = openHistory({ open: () => new NodeSqliteStore(path, 'NORMAL'), days: 1 }, silentLog, 0);
    expect(history.samples({ deviceId: 'a', fromMs: 0, toMs: 9 }, 9)).toEqual([sample]);
    close();
  });

  it('that has no room says so until it has', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'perista-history-')), 'history.sqlite');
    const store = new NodeSqliteStore(path, 'NORMAL');
    const { history, trouble } = openHistory({ open: () => store, days: 1 }, silentLog, 0);
    const gap = (fromMs: number) => ({ fromMs, toMs: fromMs + 1, reason: 'x'.repeat(9_000) });
    history.addGap('a', gap(1));
    expect(trouble()).toBeNull();
    store.get('PRAGMA max_page_count = 1');
    expect(() => history.addGap('a', gap(2))).toThrow();
    expect(trouble()).toMatch(/^E301: What remote devices tell over time is not kept\. .*full/);
    store.get('PRAGMA max_page_count = 100000');
    history.addGap('a', gap(3));
    expect(trouble()).toBeNull();
  });

  it('that is no database costs the trends and nothing else', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'perista-history-')), 'history.sqlite');
    writeFileSync(path, 'x'.repeat(4_096));
    const file = { open: () => new NodeSqliteStore(path, 'NORMAL'), days: 1 };
    const { history, trouble } = openHistory(file, silentLog, 0);
    expect(history).toBe(NO_HISTORY);
    expect(trouble()).toMatch(/^E301: What remote devices tell over time is not kept\. .*not a database/);
  });
});
