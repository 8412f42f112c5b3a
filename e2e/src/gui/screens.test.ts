// Proves of every screen, in a real browser, that anybody can use it: both themes, both languages, a small window, large text.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { newTab, openBrowser, openLoggedIn, visit } from '../harness/browser.ts';
import { ApiClient, PASSWORD, startUnit, type TestUnit, until } from '../harness/index.ts';
import { barriersOf, lossesOf, RULES_OF_COLOUR, smallTargetsOf, textsOf } from '../harness/page-checks.ts';
import { compressedSizeOf, layoutShiftOf } from '../harness/page-loading.ts';
import { addPastDoses } from '../harness/past-doses.ts';
import { takePicture } from '../harness/picture.ts';
import { decimalPointsAmong, englishAmong, LANGUAGES, type Language } from './languages.ts';
import {
  AT_REST,
  BEFORE_THE_DOOR,
  BEFORE_THE_FIRST_PASSWORD,
  DOSING,
  DOSING_UNIT,
  FAULTY,
  FOR_VIEWERS,
  OTHER,
  PUMP,
  SCHEDULES,
  type Scene,
  STOPPED,
} from './scenes.ts';

const DESKTOP = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 640 };
const PHONE = { width: 390, height: 844 };
const LOW = { width: 1280, height: 640 };
const TALL = { width: 1280, height: 1060 };
const RESIZE_LIMIT_MS = 10_000;
const MOST_BYTES = 160_000;
const MOST_SHIFT = 0.05;
const LATE_MS = 400;

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit({ firstPassword: false });
});

/** What is lost in a small window and with large text. Plots need a moment to fit. */
async function losses(page: Page): Promise<Record<string, string[]>> {
  const whenSettled = async () => {
    await until(async () => (await lossesOf(page)).length === 0, RESIZE_LIMIT_MS, 'all fits').catch(() => {});
    return lossesOf(page);
  };
  const enlarge = (percent: string) =>
    page.evaluate((size) => {
      document.documentElement.style.fontSize = size;
    }, percent);
  await page.setViewportSize(NARROW);
  const narrow = await whenSettled();
  await page.setViewportSize(DESKTOP);
  await enlarge('200%');
  const large = await whenSettled();
  await enlarge('');
  return { narrow, large };
}

const NOTHING_LOST = { narrow: [], large: [] };

/** Each scene in each language, in the browser of somebody: null is nobody, before the door. */
function hold(scenes: readonly Scene[], who: () => ApiClient | null): void {
  const tabs: Partial<Record<Language, Page>> = {};
  afterAll(() => Promise.all(Object.values(tabs).map((tab) => tab.context().close())));

  /** One tab for all scenes, loaded anew for each: a new one costs a second. */
  const open = async (scene: Scene, language: Language): Promise<Page> => {
    const { locale, words } = LANGUAGES[language];
    const options = { locale, viewport: DESKTOP, reducedMotion: 'reduce' } as const;
    tabs[language] ??= await newTab(await openBrowser({ as: who() ?? undefined, ...options }));
    const page = tabs[language];
    onTestFinished(() => page.unrouteAll({ behavior: 'ignoreErrors' }));
    await visit(page, new URL(scene.path, unit.url).href);
    await scene.show(page, words);
    return page;
  };

  it.each(scenes)('$name', async (scene) => {
    const page = await open(scene, 'en');
    const { stop, pump } = LANGUAGES.en.words;
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await barriersOf(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await barriersOf(page, RULES_OF_COLOUR);
    const targets = await smallTargetsOf(page, [stop.label, stop.latchedLabel, pump.stop]);
    expect({ light, dark, targets, ...(await losses(page)) }).toEqual({
      light: [],
      dark: [],
      targets: [],
      ...NOTHING_LOST,
    });

    const polish = await open(scene, 'pl');
    const texts = await textsOf(polish);
    expect(await polish.locator('html').getAttribute('lang')).toBe('pl');
    expect({
      english: englishAmong(texts),
      points: decimalPointsAmong(texts),
      ...(await losses(polish)),
    }).toEqual({ english: [], points: [], ...NOTHING_LOST });
  });
}

describe('before the first password', () => hold(BEFORE_THE_FIRST_PASSWORD, () => null));

describe('with two weeks behind it', () => {
  beforeAll(async () => {
    await unit.api.request('POST', '/api/setup', { password: PASSWORD });
    await unit.api.login(PASSWORD);
    await unit.api.request('POST', '/api/users', { username: 'maria', password: PASSWORD, role: 'viewer' });
    const device = { name: 'greenhouse-pump', kind: 'device', device_id: 'PUMP_0001' };
    await unit.api.request('POST', '/api/mqtt-users', device);
    const ready = async (id: string) => (await unit.api.pump(id)).blocked_by.length === 0;
    await until(async () => (await ready(PUMP)) && (await ready(OTHER)), 10_000, 'both pumps could dose');
    const orders = [
      await unit.api.dose(PUMP, { volume_ml: 2, duration_s: 3.5 }),
      await unit.api.dose(OTHER, { volume_ml: 2.5, duration_s: 4 }),
    ];
    for (const { dose_id } of orders) await unit.api.settled(dose_id, 20_000);
    addPastDoses(unit, PUMP, [2.5, 3.2, 2.8, 4.1, 3.6, 3.9, 2.2, 2.9, 3.4, 4.4, 3.1, 2.6, 2.1]);
    addPastDoses(unit, OTHER, [11, 12.5, 12.5, 0.8, 13, 12, 9.5, 10, 14.5, 12, 11, 7, 12]);
    const nobody = { kind: 'webhook', url: 'http://127.0.0.1:1/' };
    await unit.api.request('POST', '/api/notifications', { name: 'nobody', target: nobody, enabled: false });
    const stopped = await unit.api.dose(OTHER, { volume_ml: 2.5 });
    await unit.api.request('POST', `/api/pumps/${OTHER}/stop`);
    expect((await unit.api.settled(stopped.dose_id, 20_000)).reason).toMatch(/^It was stopped by admin/);
  });

  describe('before the door', () => hold(BEFORE_THE_DOOR, () => null));
  describe('at rest', () => hold(AT_REST, () => unit.api));

  describe('of the dosing unit', () => {
    beforeAll(async () => {
      const plan = { enabled: true, daily_schedule: 2, weekly_dosing_value: 31, dosing_rate: 0.33 } as const;
      const inThreeDays = 1 << ((new Date().getUTCDay() + 2) % 7);
      await unit.api.configureDosing({ id: 1, ...plan, weekly_schedule: inThreeDays });
    });
    hold(DOSING_UNIT, () => unit.api);
  });

  describe('of schedules', () => {
    beforeAll(async () => {
      const windows = [{ from: '06:00', to: '22:00' }];
      const shared = { kind: 'windows', doses_per_day: 24, daily_ml: 12, windows };
      await unit.api.request('POST', '/api/schedules', { pump_id: OTHER, rule: shared, paused_until: '2098-03-01' });
      const cron = { pump_id: PUMP, cron: '0 8 1 1 *', volume_ml: 2.5, timezone: 'America/New_York' };
      await unit.api.request('POST', '/api/schedules', { ...cron, paused_until: '2098-03-01' });
    });
    hold(SCHEDULES, () => unit.api);
  });

  describe('while it loads', () => {
    it('needs less than 160 kB of compressed scripts and styles for its first page', async () => {
      expect(await compressedSizeOf(await openLoggedIn(unit))).toBeLessThan(MOST_BYTES);
    });

    it.each([
      ['/', DESKTOP],
      ['/', PHONE],
      [`/pumps/${PUMP}`, DESKTOP],
      [`/pumps/${PUMP}`, PHONE],
    ])('moves nothing under the eyes of its reader: %s in %o', async (path, viewport) => {
      expect(await layoutShiftOf(await openLoggedIn(unit, { path, viewport }))).toBeLessThan(MOST_SHIFT);
    });

    it('moves nothing either where the unit tells late what it is', async () => {
      const page = await openLoggedIn(unit, { viewport: PHONE });
      await page.route('**/api/about', (route) => setTimeout(() => route.continue(), LATE_MS));
      expect(await layoutShiftOf(page)).toBeLessThan(MOST_SHIFT);
    });
  });

  describe('while it doses', () => {
    beforeAll(async () => {
      await unit.api.dose(OTHER, { volume_ml: 12, duration_s: 45 });
    });
    hold(DOSING, () => unit.api);

    it('is worth a picture in the README', async () => {
      await until(async () => (await unit.emulator.truth(OTHER)).true_ml > 6, 40_000, 'a third is given');
      const phone = { viewport: PHONE, deviceScaleFactor: 2, locale: 'pl-PL', colorScheme: 'dark' } as const;
      await takePicture('overview', await openLoggedIn(unit, { viewport: LOW }));
      const pump = await openLoggedIn(unit, { path: `/pumps/${OTHER}`, viewport: TALL });
      await pump.getByLabel('Volume').fill('8');
      await takePicture('pump', pump);
      await takePicture('pump-phone', await openLoggedIn(unit, { path: `/pumps/${OTHER}`, ...phone }));
    });
  });

  describe('under an emergency stop', () => {
    beforeAll(async () => {
      await unit.api.request('POST', '/api/emergency-stop');
    });
    hold(STOPPED, () => unit.api);
  });

  describe('with a pump that has a fault', () => {
    beforeAll(async () => {
      await unit.api.request('DELETE', '/api/emergency-stop', { reason: 'seen' });
      await unit.emulator.cause({ pump: PUMP, fault: 'stall' });
      const { dose_id } = await unit.api.dose(PUMP, { volume_ml: 2 });
      await unit.api.settled(dose_id, 20_000);
    });
    hold(FAULTY, () => unit.api);
  });

  describe('for a viewer', () => {
    let maria: ApiClient;
    beforeAll(async () => {
      maria = new ApiClient(unit.url);
      await maria.login(PASSWORD, 'maria');
    });
    hold(FOR_VIEWERS, () => maria);
  });
});
