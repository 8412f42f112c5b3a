// Proves of the weekly plan, with the real unit and a real browser: two tracks that tell each state, plans that are edited in
// place by the rules and by keyboard, calibration, and doses by hand.
import type { DosingChannel, DosingChannelPatch } from '@perista/protocol/api';
import { beforeAll, describe, expect, it } from 'vitest';
import { openLoggedIn, tabTo } from '../harness/browser.ts';
import { startUnit, type TestUnit, until } from '../harness/index.ts';
import { clockShowing } from '../harness/shown-clock.ts';
import { DosingScreen, type Half } from './dosing-screen.ts';
import { slotsInEveryState, tellStatus } from './told-status.ts';

const CHANNELS = [1, 2, 3, 4, 5, 6];
/** The page asks every 5 s. */
const REFRESH_LIMIT_MS = 5_000;
/** A Tuesday, a quarter past nine in Warsaw; the next slot is two hours away. */
const NOW_MS = Date.UTC(2026, 2, 31, 6, 5);

const EXAMPLE = { enabled: true, weekly_schedule: 127, daily_schedule: 2, dosing_rate: 0.33 } as const;
const PLANS: readonly DosingChannelPatch[] = [
  { id: 1, ...EXAMPLE, weekly_dosing_value: 210 },
  { id: 2, ...EXAMPLE, daily_schedule: 1, weekly_schedule: 31, weekly_dosing_value: 100 },
  { id: 3, ...EXAMPLE, weekly_schedule: 74, weekly_dosing_value: 90 },
  { id: 4, ...EXAMPLE, weekly_dosing_value: 217 },
  { id: 5, ...EXAMPLE, weekly_dosing_value: 50.5, dosing_rate: 0.45 },
];

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit({ env: clockShowing(NOW_MS) });
  await unit.api.configureDosing(...PLANS);
});

const open = async (): Promise<DosingScreen> =>
  new DosingScreen(await openLoggedIn(unit, { path: DosingScreen.path })).shown();

async function planOf(id: number): Promise<DosingChannel> {
  const channel = (await unit.api.dosingConfig()).channels[id - 1];
  if (channel === undefined) throw new Error(`no channel ${id}`);
  return channel;
}

/** Doses of a channel, newest first. */
const dosesOf = (id: number) => unit.api.ledger(`?pump_id=relay-${id}`);

describe('the two tracks', () => {
  const statesOf = async (screen: DosingScreen, half: Half) =>
    (await Promise.all(CHANNELS.map((id) => screen.stateOf(half, id)))).join(' ');

  it('show the plan of each channel with words, figures and time in the zone of the site', async () => {
    const screen = await open();
    // What was due before the plan was set is nobody's business.
    expect(await statesOf(screen, 'morning')).toBe('disabled disabled disabled disabled pending disabled');
    expect(await statesOf(screen, 'evening')).toBe('pending disabled pending pending pending disabled');
    const words = (await screen.textOf('evening', 4)).split(/\n+/);
    for (const word of ['Channel 4', 'Planned', '217 ml', '15.5 ml', '47 s', 'Every day', '20:00 CEST']) {
      expect(words).toContain(word);
    }
    expect(await screen.textOf('evening', 2)).toContain('Once a day');
    expect(await screen.textOf('evening', 3)).toContain('Tue, Thu, Sun');
    expect(await screen.page.getByRole('region', { name: 'Now' }).innerText()).toMatch(/08:\d\d CEST · 06:\d\d UTC/);
  });

  it('tell every state by class and word, and why', async () => {
    const screen = await open();
    await tellStatus(screen.page, slotsInEveryState);
    await screen.page.locator('.uncertain').waitFor();
    expect(await statesOf(screen, 'morning')).toBe('completed completed missed active waiting disabled');
    expect(await statesOf(screen, 'evening')).toBe('pending disabled pending pending uncertain disabled');
    const badges = ['Done', 'Done', 'Missed', 'Dosing', 'Waiting', 'Off'];
    for (const [place, badge] of badges.entries()) expect(await screen.textOf('morning', place + 1)).toContain(badge);
    expect(await screen.textOf('morning', 3)).toContain('The window of this dose has passed.');
    expect(await screen.page.getByRole('region', { name: 'Now' }).innerText()).toMatch(/Channel 4[\s\S]*Channel 5/);
  });

  it('say why nothing is dosed by plan, and what an operator can do about it, in both languages', async () => {
    const whys = [
      { code: 'E439', reason: 'The plan was read back, and nobody has confirmed it yet.' },
      { code: 'E413', reason: 'The clock shows an earlier time than it did before.' },
      { code: 'E430', reason: 'The emergency stop is latched.' },
    ];
    for (const [locale, words, confirm, accept] of [
      ['en-GB', ['nobody has confirmed it', 'an earlier time', 'is latched'], 'Confirm the plan', 'The time is right'],
      ['pl-PL', ['nie potwierdził', 'nie można ufać', 'zatrzymanie awaryjne'], 'Potwierdź plan', 'Czas jest dobry'],
    ] as const) {
      const page = await openLoggedIn(unit, { path: DosingScreen.path, locale });
      const left = [...whys];
      await tellStatus(page, (status) => Object.assign(status, { system_enabled: false, disabled_by: left }));
      for (const [index, path] of ['dosing-config/confirm', 'time/accept'].entries()) {
        await page.route(`**/api/${path}`, async (route) => {
          left.splice(left.indexOf(whys[index] as (typeof whys)[number]), 1);
          await route.fulfill({ json: await unit.api.dosingStatus() });
        });
      }
      for (const word of words) await page.getByText(word).waitFor();
      await page.getByRole('button', { name: confirm }).click();
      await page.getByText(words[0]).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: accept }).click();
      await page.getByText(words[1]).waitFor({ state: 'detached' });
      await page.getByText(words[2]).waitFor();
    }
  });

  it('follow the unit within the next refresh, and never show two that dose', async () => {
    const screen = await open();
    for (const channel_id of [4, 5]) await unit.api.manualDose({ channel_id, volume_ml: 4 });
    const seen: { unit: number | null; tile: number | null; tiles: number; atMs: number }[] = [];
    await until(
      async () => {
        const { active_channel } = await unit.api.dosingStatus();
        const tiles = await screen.active.evaluateAll((all) => all.map((tile) => tile.getAttribute('data-channel')));
        const tile = tiles[0] === undefined ? null : Number(tiles[0]);
        seen.push({ unit: active_channel, tile, tiles: tiles.length, atMs: performance.now() });
        return seen.some((one) => one.unit === 5) && active_channel === null && tile === null;
      },
      60_000,
      'both have dosed',
    );
    const order = (side: 'unit' | 'tile') => [...new Set(seen.map((one) => one[side]))].filter((id) => id !== null);
    expect([order('unit'), order('tile')]).toEqual([
      [4, 5],
      [4, 5],
    ]);
    expect(Math.max(...seen.map(({ tiles }) => tiles))).toBe(1);
    for (const id of [4, 5]) {
      const first = (side: 'unit' | 'tile') => seen.find((one) => one[side] === id)?.atMs ?? Number.NaN;
      expect(first('tile') - first('unit'), `channel ${id} is shown as dosing`).toBeLessThan(REFRESH_LIMIT_MS);
    }
  });
});

describe('a plan', () => {
  it('is edited in both tiles of its channel, by keyboard alone, and computed with each key', async () => {
    const screen = await open();
    const { page } = screen;
    await tabTo(page, screen.editButton('morning', 1));
    await page.keyboard.press('Enter');
    expect(await page.locator('.timeline-track > .edit-mode').count()).toBe(2);
    const form = screen.form(1);
    await tabTo(page, form.getByLabel('Per week'));
    await page.keyboard.press('ControlOrMeta+A');
    const seen: string[] = [];
    for (const key of '217') {
      await page.keyboard.press(key);
      seen.push((await form.getByRole('definition').allInnerTexts()).join(', '));
    }
    expect(seen).toEqual(['0.14 ml, 0 s', '1.5 ml, 5 s', '15.5 ml, 47 s']);
    expect(await screen.textOf('evening', 1)).toContain('15.5 ml');
    await page.keyboard.press('Enter');
    await until(async () => (await page.locator('.edit-mode').count()) === 0, REFRESH_LIMIT_MS, 'the form is gone');
    expect(await planOf(1)).toMatchObject({ ...EXAMPLE, weekly_dosing_value: 217, single_dose_volume: 15.5 });
    expect(await screen.textOf('morning', 1)).toContain('217 ml');
    expect(await screen.editButton('morning', 1).evaluate((button) => button.matches(':focus'))).toBe(true);
  });

  it('is not saved against a rule, which is named', async () => {
    const screen = await open();
    await screen.editButton('evening', 4).click();
    const form = screen.form(4);
    const save = form.getByRole('button', { name: 'Save' });
    const { weekly_dosing_value } = await planOf(4);
    for (const [typed, words] of [
      ['554.5', '554.5 ml a week is too much: a dose takes 120 s at most'],
      ['1.000', 'A thousand or a fraction?'],
      ['12.34', 'One decimal at most.'],
      ['', 'Enter a volume in ml.'],
    ] as const) {
      await form.getByLabel('Per week').fill(typed);
      await form.getByText(words).waitFor();
      expect(await save.isDisabled(), typed).toBe(true);
      await screen.page.keyboard.press('Enter');
    }
    expect((await planOf(4)).weekly_dosing_value).toBe(weekly_dosing_value);
    await form.getByLabel('Days').selectOption('Workdays');
    await form.getByRole('button', { name: 'Mon' }).click();
    await form.getByLabel('Doses a day').selectOption('1× a day');
    await form.getByLabel('Per week').fill('99,5');
    await form.getByText('24.9 ml').waitFor();
    await save.click();
    const changed = { weekly_schedule: 30, daily_schedule: 1, weekly_dosing_value: 99.5 };
    await until(
      async () => (await planOf(4)).weekly_dosing_value === 99.5,
      REFRESH_LIMIT_MS,
      'the change has been accepted',
    );
    expect(await planOf(4)).toMatchObject(changed);
  });

  it('of a quick pump is bound by 50 ml, which is named', async () => {
    const screen = await open();
    await screen.editButton('morning', 5).click();
    const form = screen.form(5);
    await form.getByLabel('Per week').fill('700.1');
    await form.getByText('700.1 ml a week is too much: a single dose is 50 ml at most').waitFor();
    expect(await form.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await form.getByLabel('Per week').fill('700');
    await until(() => form.getByRole('button', { name: 'Save' }).isEnabled(), REFRESH_LIMIT_MS, 'it may be saved');
    await form.getByLabel('Per week').press('Escape');
    expect((await planOf(5)).weekly_dosing_value).toBe(50.5);
  });

  it('survives refreshes while it is edited, tells of a change elsewhere, and comes back with Esc', async () => {
    const screen = await open();
    const { page } = screen;
    await screen.editButton('morning', 3).click();
    const weekly = screen.form(3).getByLabel('Per week');
    await weekly.fill('96');
    await unit.api.configureDosing({ id: 3, weekly_dosing_value: 120 });
    await page.getByText('changed elsewhere meanwhile').waitFor();
    await page.waitForResponse('**/api/dosing-config');
    await page.waitForResponse('**/api/dosing-status');
    expect(await weekly.inputValue()).toBe('96');
    await weekly.press('Escape');
    expect(await page.locator('.edit-mode').count()).toBe(0);
    expect(await screen.textOf('morning', 3)).toContain('120 ml');
    expect((await planOf(3)).weekly_dosing_value).toBe(120);
  });
});

describe('calibration', () => {
  it('runs for 30 s, takes what was measured, and the tile computes with the new flow', async () => {
    const screen = await open();
    const { page } = screen;
    const before = (await unit.emulator.truth('relay-1')).on_s;
    await screen.editButton('morning', 1).click();
    await page.getByRole('button', { name: 'Calibrate 30 s' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Run 30 s' }).click();
    await dialog.getByText(/It runs: 2\d s left\./).waitFor();
    await dialog.getByRole('button', { name: 'Stop' }).waitFor();
    await dialog.getByLabel('Measured volume').waitFor({ timeout: 60_000 });
    expect((await unit.emulator.truth('relay-1')).on_s - before).toBeCloseTo(30, 1);
    await dialog.getByLabel('Measured volume').fill('12');
    await page.keyboard.press('Enter');
    await dialog.getByText('The flow is now 0.4 ml/s.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    const { single_dose_volume, dosing_duration, dosing_rate } = await planOf(1);
    expect([dosing_rate, dosing_duration]).toEqual([0.4, Math.round(single_dose_volume / 0.4)]);
    await page.getByRole('form').getByText(`${dosing_duration} s`).waitFor();
  });
});

describe('a dose by hand', () => {
  const openDialog = async (screen: DosingScreen, channel: number) => {
    await screen.page.getByRole('button', { name: `Dose now: channel ${channel}` }).click();
    return screen.page.getByRole('dialog', { name: `Dose channel ${channel} now` });
  };

  it('is one dose of the plan or what is typed, tells what it would do, and is one on a double click', async () => {
    const screen = await open();
    const dialog = await openDialog(screen, 2);
    const volume = dialog.getByLabel('Volume');
    expect(await volume.inputValue()).toBe('20');
    await dialog.getByText('19.8 ml/min').waitFor();
    await volume.fill('1,5');
    await dialog.getByText('5 s').first().waitFor();
    const before = await unit.emulator.truth('relay-2');
    const keys = new Set<string | undefined>();
    screen.page.on('request', (sent) => {
      if (sent.url().endsWith('/api/manual-dose')) keys.add(sent.headers()['idempotency-key']);
    });
    await dialog.getByRole('button', { name: 'Dose 1.5 ml' }).dblclick();
    await dialog.getByText('Order of 1.5 ml accepted.').waitFor();
    await until(async () => (await screen.stateOf('morning', 2)) === 'active', 30_000, 'its tile is active');
    const doses = await until(
      async () => {
        const all = await dosesOf(2);
        return all.length > 0 && all.every(({ ended_at }) => ended_at !== null) && all;
      },
      30_000,
      'it is over',
    );
    expect(doses).toMatchObject([{ state: 'done', requested_ml: 1.5, cause: 'manual', actor: 'admin' }]);
    expect([...keys]).toEqual([expect.any(String)]);
    const { on_s, motions } = await unit.emulator.truth('relay-2');
    // A machine that stalls switches off later, and the books say so.
    const givenMl = doses[0]?.delivered_ml ?? 0;
    expect((on_s - before.on_s) * 0.33).toBeCloseTo(givenMl, 1);
    expect(motions.length - before.motions.length).toBe(1);
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await screen.textOf('morning', 2)).toContain(`${Number(givenMl.toFixed(2))} ml`);
  });

  it('that a rule forbids is refused in words before it is sent, and by the unit afterwards', async () => {
    const screen = await open();
    const unset = await openDialog(screen, 6);
    await unset.getByLabel('Volume').fill('51');
    await unset.getByText(/51 ml is more than/).waitFor();
    await unset.getByRole('button', { name: 'Close' }).click();

    const dialog = await openDialog(screen, 5);
    await dialog.getByLabel('Volume').fill('2');
    await unit.api.request('POST', '/api/emergency-stop');
    await dialog.getByText('The emergency stop is latched.').first().waitFor();
    await dialog.getByRole('button', { name: 'Dose 2 ml' }).click();
    await dialog.getByText('Refused, nothing moved.').waitFor();
    await unit.api.request('DELETE', '/api/emergency-stop', { reason: 'seen' });
    expect((await dosesOf(5))[0]).toMatchObject({ state: 'refused', requested_ml: 2, code: 'E430' });
  });

  it('tells who comes first, waits for its turn, and can be stopped where it was ordered', async () => {
    const screen = await open();
    await unit.api.manualDose({ channel_id: 4, volume_ml: 8 });
    await until(async () => (await screen.stateOf('morning', 4)) === 'active', 30_000, 'channel 4 is shown as dosing');
    const dialog = await openDialog(screen, 3);
    await dialog.getByText('Doses that come first: 1.').waitFor();
    await dialog.getByLabel('Volume').fill('1');
    await screen.page.keyboard.press('Enter');
    await dialog.getByText('Order of 1 ml accepted.').waitFor();
    await dialog.getByRole('button', { name: 'Stop' }).click();
    await until(async () => (await dosesOf(3))[0]?.state === 'cancelled', 30_000, 'it is withdrawn');
    await unit.api.request('POST', '/api/pumps/relay-4/stop');
  });
});
