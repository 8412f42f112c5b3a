// Proves that the screen's state follows the server's messages, and asks anew when one was missed.
import type { Dose, Pump } from '@perista/protocol/api';
import type { PumpsSnapshot } from '@perista/protocol/live';
import { describe, expect, it } from 'vitest';
import { type LiveState, NOTHING_YET, takeNews, takeSnapshot } from './live-state.ts';

const dose = { dose_id: 'd1', pump_id: 'a', progress: null } as Dose;
const pump = (id: string, current: Dose | null = null) => ({ id, current_dose: current }) as Pump;
const unit = { health: { status: 'ok', reasons: [], version: '1' }, agent: true } as unknown as PumpsSnapshot;
const snapshot: PumpsSnapshot = { ...unit, seq: 7, at: '', pumps: [pump('a', dose), pump('b')] };
const progress = { delivered_ml: 1, remaining_s: 2, elapsed_s: 3 };

const begun = takeSnapshot(NOTHING_YET, snapshot);

function heard(state: LiveState, ...news: Parameters<typeof takeNews>[1][]): LiveState {
  return news.reduce<LiveState>((now, one) => {
    const next = takeNews(now, one);
    if (next === 'gap') throw new Error(`a gap before ${one.seq}`);
    return next;
  }, state);
}

describe('the live state', () => {
  it('begins with a snapshot', () => {
    expect(begun.connection).toEqual({ kind: 'live' });
    expect(begun.pumps.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('takes deltas in order, and nothing after a gap or twice', () => {
    const next = heard(begun, { kind: 'pump:removed', seq: 8, pump_id: 'b' });
    expect(next.pumps.map(({ id }) => id)).toEqual(['a']);
    expect(takeNews(next, { kind: 'pump:removed', seq: 10, pump_id: 'a' })).toBe('gap');
    expect(takeNews(next, { kind: 'pump:removed', seq: 8, pump_id: 'a' })).toBe('gap');
  });

  it('shows progress only on the dose that it is about', () => {
    const told = heard(begun, { kind: 'dose:progress', seq: 8, pump_id: 'a', dose_id: 'd1', progress });
    expect(told.pumps[0]?.current_dose?.progress).toEqual(progress);
    const other = heard(begun, { kind: 'dose:progress', seq: 8, pump_id: 'a', dose_id: 'd0', progress });
    expect(other.pumps[0]?.current_dose?.progress).toBeNull();
  });

  it('puts a pump in place of its former self, or at the end', () => {
    const next = heard(
      begun,
      { kind: 'pump:state', seq: 8, pump: pump('a') },
      { kind: 'pump:state', seq: 9, pump: pump('c') },
    );
    expect(next.pumps.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(next.pumps[0]?.current_dose).toBeNull();
  });

  it('forgets with a new snapshot what the old one said', () => {
    const anew = takeSnapshot(begun, { ...snapshot, seq: 0, pumps: [pump('c')] });
    expect([anew.seq, anew.pumps.map(({ id }) => id)]).toEqual([0, ['c']]);
  });
});
