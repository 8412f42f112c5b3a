// Proves in a real browser that whoever wants a pump to rest gets it to rest: Stop, emergency stop, and a button let go in any way.
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isLive } from '../harness/browser.ts';
import { startUnit, type TestUnit, until } from '../harness/index.ts';
import { dosesOf, PumpScreen, TOLERANCE_ML } from './pump-screen.ts';

const PUMP = 'ph-down';
const HOLD_MS = 1_000;
/** Within which a board that was told to stop is at rest, with the way there. */
const STOP_MS = 300;
/** A page that holds says so this often at least. */
const RENEWAL_MS = HOLD_MS / 3;

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
});
afterEach(() => unit.api.request('POST', `/api/pumps/${PUMP}/stop`));

const truth = () => unit.emulator.truth(PUMP);

/** Waits until the motion that began after `sinceMs` has gone on for `ms`. */
const turnedFor = (ms: number, sinceMs: number) =>
  until(
    async () => {
      const { moving, motions } = await truth();
      const startedAtMs = Date.parse(motions.at(-1)?.started_at ?? '');
      return moving && startedAtMs > sinceMs && Date.now() - startedAtMs >= ms;
    },
    10_000,
    `the shaft turns for ${ms} ms`,
  );

/** When the shaft came to rest, ms since 1970; nothing turns for a second afterwards. */
const restedAt = () =>
  until(
    async () => {
      const { moving, motions } = await truth();
      const endedAtMs = Date.parse(motions.at(-1)?.ended_at ?? '');
      return !moving && Date.now() - endedAtMs > 1_100 && endedAtMs;
    },
    10_000,
    'the shaft rests for a second',
  );

/** Orders 8 ml in 20 s and comes back in the middle of it. */
async function beginDose(screen: PumpScreen): Promise<void> {
  const sinceMs = Date.now();
  await screen.volume.fill('8');
  await screen.duration.fill('20');
  await screen.volume.press('Enter');
  await turnedFor(1_500, sinceMs);
}

describe('Stop', () => {
  it('in the middle of a dose leaves a part, and the page tells the volume that the encoder proves', async () => {
    const screen = await PumpScreen.open(unit, PUMP);
    const { doses, trueMl } = await dosesOf(unit, PUMP, async () => {
      await beginDose(screen);
      await screen.stop.click();
      await screen.now.getByText('Partly given').waitFor();
    });
    expect(doses).toMatchObject([{ state: 'partial', requested_ml: 8 }]);
    expect(trueMl).toBeGreaterThan(0.3);
    expect(trueMl).toBeLessThan(4);
    expect(Math.abs((doses[0]?.delivered_ml ?? 0) - trueMl)).toBeLessThan(TOLERANCE_ML);
    const shown = /([\d.]+) ml\s*Partly given\s*of 8 ml, ended/.exec(await screen.now.innerText())?.[1];
    expect(Math.abs(Number(shown) - trueMl)).toBeLessThan(TOLERANCE_ML);
  });
});

describe('the emergency stop', () => {
  const banner = (page: Page) => page.getByRole('alert').filter({ hasText: 'Emergency stop. Since' });

  it('by one press, stops a dose, stays on every screen and through a reload, and is released with a reason only', async () => {
    const screen = await PumpScreen.open(unit, PUMP);
    const { page } = screen;
    await beginDose(screen);
    await page.getByRole('button', { name: 'Emergency stop: stop all pumps at once' }).click();
    await banner(page).getByText('by admin').waitFor();
    await restedAt();
    await screen.now.getByText('Partly given').waitFor();

    for (const name of ['Doses', 'Events', 'Access', 'About', 'Overview']) {
      await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect([name, await banner(page).count()]).toEqual([name, 1]);
    }
    await page.reload();
    await banner(page).waitFor();
    await page.getByRole('link', { name: PUMP }).click();
    await screen.now.getByText('The emergency stop is latched.').waitFor();
    const refused = await dosesOf(unit, PUMP, async () => {
      await screen.volume.fill('1');
      await screen.volume.press('Enter');
      await screen.form
        .getByRole('alert')
        .filter({ hasText: /Refused, nothing moved\. The emergency stop is latched/ })
        .waitFor();
    });
    expect([refused.trueMl, refused.doses.map(({ state }) => state)]).toEqual([0, ['refused']]);

    await banner(page).getByRole('button', { name: 'Release' }).click();
    const dialog = page.getByRole('dialog', { name: 'Release the emergency stop' });
    await page.keyboard.press('Enter');
    await dialog.getByText('Say what you checked; it is written into the event log.').waitFor();
    expect(await banner(page).count()).toBe(1);
    await page.keyboard.type('tube replaced');
    await page.keyboard.press('Enter');
    await banner(page).waitFor({ state: 'detached' });
    const [released] = await unit.api.events('?kind=emergency_stop_released');
    expect(released).toMatchObject({ actor: 'admin', data: { reason: 'tube replaced' } });
    await until(async () => (await unit.api.pump(PUMP)).blocked_by.length === 0, 5_000, 'it could dose again');
  });
});

describe('a button that is held to prime', () => {
  const hold = (page: Page) => page.getByRole('button', { name: 'Hold to prime' });
  const held = (page: Page) => page.getByRole('button', { name: 'Priming: let go to stop' });

  /** Holds in one way, lets go in another; how long the shaft turned on afterwards, ms. */
  async function turnsOnFor(press: (page: Page) => Promise<void>, letGo: (page: Page) => Promise<void>) {
    const { page } = await PumpScreen.open(unit, PUMP);
    const sinceMs = Date.now();
    const motions = (await truth()).motions.length;
    await press(page);
    await turnedFor(HOLD_MS + STOP_MS, sinceMs);
    const letGoAtMs = Date.now();
    await letGo(page);
    const turnedOnMs = (await restedAt()) - letGoAtMs;
    expect((await truth()).motions).toHaveLength(motions + 1);
    const [dose] = await unit.api.ledger(`?pump_id=${PUMP}`);
    expect(dose).toMatchObject({ cause: 'prime', state: 'done' });
    return { page, turnedOnMs };
  }

  const pressMouse = async (page: Page) => {
    await hold(page).hover();
    await page.mouse.down();
    await held(page).waitFor();
  };
  const pressKey = async (page: Page) => {
    await hold(page).focus();
    for (let repeats = 0; repeats < 5; repeats++) await page.keyboard.down('Space');
    await held(page).waitFor();
  };
  /** Sooner than if it only fell silent. */
  const AT_ONCE_MS = HOLD_MS - RENEWAL_MS;

  it('by mouse stops at once when it is let go', async () => {
    const { page, turnedOnMs } = await turnsOnFor(pressMouse, (page) => page.mouse.up());
    expect(turnedOnMs).toBeLessThan(AT_ONCE_MS);
    await hold(page).waitFor();
    await page.getByRole('row').filter({ hasText: 'Prime · admin' }).first().waitFor();
  });

  it('by keyboard stops at once when it is let go', async () => {
    const { turnedOnMs } = await turnsOnFor(pressKey, (page) => page.keyboard.up('Space'));
    expect(turnedOnMs).toBeLessThan(AT_ONCE_MS);
  });

  it('by keyboard stops at once when the focus moves on', async () => {
    const { turnedOnMs } = await turnsOnFor(pressKey, (page) => page.keyboard.press('Tab'));
    expect(turnedOnMs).toBeLessThan(AT_ONCE_MS);
  });

  it('stops when the tab is closed', async () => {
    const { turnedOnMs } = await turnsOnFor(pressMouse, (page) => page.close());
    expect(turnedOnMs).toBeLessThan(HOLD_MS + STOP_MS);
  });

  it('stops when the network goes, says so, and does not turn again when it is back', async () => {
    const { page, turnedOnMs } = await turnsOnFor(pressMouse, (page) => page.context().setOffline(true));
    expect(turnedOnMs).toBeLessThan(HOLD_MS + STOP_MS);
    await page.getByRole('alert').filter({ hasText: 'The unit did not answer.' }).waitFor();
    await hold(page).waitFor();
    const { motions } = await truth();
    await page.context().setOffline(false);
    await isLive(page);
    await page.mouse.up();
    await restedAt();
    expect((await truth()).motions).toHaveLength(motions.length);
  });
});
