// Nobody watches longer than the log-in lives, and watching keeps a session alive as asking does.
import { PeristaError, silentLog, VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { LoginWatch } from './login-watch.ts';

const DAY_MS = 86_400_000;

/** One log-in that lives until `expiresAtMs` on the wall; each time it is asked for that may move. */
function setUp(expiresAtMs: number, prolongByMs = 0) {
  const clock = new VirtualClock({ wallMs: Date.UTC(2026, 2, 1) });
  const startMs = clock.wallMs();
  let login: { expiresAtMs: number } | null = { expiresAtMs: startMs + expiresAtMs };
  let isBroken = false;
  let overAtMs: number | null = null;
  let asked = 0;
  const logins = {
    authenticate: () => {
      asked++;
      if (isBroken) throw new PeristaError('E301');
      if (login === null || clock.wallMs() >= login.expiresAtMs) return null;
      login = { ...login, expiresAtMs: login.expiresAtMs + prolongByMs };
      return login;
    },
  };
  const cancel = new LoginWatch({ clock, log: silentLog, logins }).watch({}, login, () => {
    overAtMs = clock.wallMs() - startMs;
  });
  return {
    clock,
    cancel,
    overAtMs: () => overAtMs,
    asked: () => asked,
    end: () => {
      login = null;
    },
    breakStore: (broken: boolean) => {
      isBroken = broken;
    },
  };
}

describe('the watch over a log-in', () => {
  it('tells within a second that it ran out', async () => {
    for (const expiresAtMs of [100, 10_000, 100_000, 30 * 60_000]) {
      const { clock, overAtMs } = setUp(expiresAtMs);
      await clock.advance(expiresAtMs - 1);
      expect(overAtMs()).toBeNull();
      await clock.advance(1_000);
      expect(overAtMs()).toBeLessThanOrEqual(expiresAtMs + 1_000);
    }
  });

  it('bears a log-in of months', async () => {
    const { clock, overAtMs } = setUp(60 * DAY_MS);
    await clock.advance(DAY_MS);
    expect(overAtMs()).toBeNull();
  });

  it('goes on while being asked for prolongs it, and ends once it is revoked behind its back', async () => {
    const { clock, overAtMs, asked, end } = setUp(90_000, 60_000);
    await clock.advance(600_000);
    expect([overAtMs(), asked()]).toEqual([null, 10]);
    end();
    await clock.advance(61_000);
    expect(overAtMs()).toBeGreaterThan(600_000);
  });

  it('notices when the wall clock is set', async () => {
    const { clock, overAtMs } = setUp(DAY_MS);
    clock.stepWall(2 * DAY_MS);
    await clock.advance(61_000);
    expect(overAtMs()).not.toBeNull();
  });

  it('shows nobody out because the database cannot be read', async () => {
    const { clock, overAtMs, breakStore } = setUp(DAY_MS);
    breakStore(true);
    await clock.advance(200_000);
    expect(overAtMs()).toBeNull();
  });

  it('asks at a bearable pace even if a log-in that is over is not', async () => {
    const clock = new VirtualClock();
    const login = { expiresAtMs: -1 };
    let asked = 0;
    const authenticate = () => {
      asked++;
      return login;
    };
    new LoginWatch({ clock, log: silentLog, logins: { authenticate } }).watch({}, login, () => {});
    await clock.advance(10_000);
    expect(asked).toBe(20);
  });

  it('asks no more once it is cancelled', async () => {
    const { clock, cancel, overAtMs, end } = setUp(10_000);
    end();
    cancel();
    await clock.advance(DAY_MS);
    expect(overAtMs()).toBeNull();
  });
});
