import type { Dose } from '@perista/protocol/api';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { openLoggedIn } from '../harness/browser.ts';
import { type TestUnit, until } from '../harness/index.ts';

/** Error of the emulated calibration at a few ml, and the last digit that is shown. */
export const TOLERANCE_ML = 0.04;
/** Shorter pauses are no end of a motion. */
const ONE_MOTION_MS = 1_000;

/** The page of one pump in English, as whoever sits before it finds things. */
export class PumpScreen {
  readonly page: Page;
  readonly pumpId: string;
  /** Keys and bodies of the orders that left the page. */
  readonly orders: { readonly key: string | undefined; readonly body: unknown }[] = [];

  constructor(page: Page, pumpId: string) {
    this.page = page;
    this.pumpId = pumpId;
    page.on('request', (request) => {
      if (request.method() !== 'POST' || !request.url().endsWith('/doses')) return;
      this.orders.push({ key: request.headers()['idempotency-key'], body: request.postDataJSON() });
    });
  }

  static async open(unit: TestUnit, pumpId: string, options: BrowserContextOptions = {}): Promise<PumpScreen> {
    await until(async () => (await unit.api.pump(pumpId)).blocked_by.length === 0, 10_000, `${pumpId} could dose`);
    const page = await openLoggedIn(unit, { path: `/pumps/${pumpId}`, ...options });
    await page.getByRole('heading', { name: pumpId, level: 1 }).waitFor();
    return new PumpScreen(page, pumpId);
  }

  get volume(): Locator {
    return this.page.getByLabel('Volume');
  }

  get duration(): Locator {
    return this.page.getByLabel('Duration');
  }

  /** The button of the form; it names the volume as soon as that can be read. */
  get give(): Locator {
    return this.form.getByRole('button', { name: /^Dose/ }).first();
  }

  get form(): Locator {
    return this.page.getByRole('region', { name: 'Dose now' });
  }

  get now(): Locator {
    return this.page.getByRole('region', { name: 'Now', exact: true });
  }

  get stop(): Locator {
    return this.now.getByRole('button', { name: 'Stop' });
  }

  get bar(): Locator {
    return this.page.getByRole('progressbar', { name: `Dose of ${this.pumpId}` });
  }

  /** Waits until it is clear what became of the order. */
  answered(): Promise<void> {
    return this.form.locator('button:not([aria-busy])').filter({ hasText: /^Dose/ }).first().waitFor();
  }

  /** The volume that the page shows as given, ml; null while it shows no running dose. */
  async shownMl(): Promise<number | null> {
    const text = await this.bar.getAttribute('aria-valuetext', { timeout: 500 }).catch(() => null);
    return text === null ? null : Number.parseFloat(text);
  }
}

/** What came of an act: the doses that are new in the ledger when all of them are over, and what really flowed. */
export async function dosesOf(
  unit: TestUnit,
  pumpId: string,
  act: () => Promise<unknown>,
): Promise<{ doses: Dose[]; trueMl: number; motions: number }> {
  const read = async () => ({
    doses: await unit.api.ledger(`?pump_id=${pumpId}&limit=500`),
    truth: await unit.emulator.truth(pumpId),
  });
  const rests = async () =>
    Date.now() - Date.parse((await read()).truth.motions.at(-1)?.ended_at ?? '1970') > ONE_MOTION_MS;
  await until(rests, 10_000, 'what turned before is a motion of its own');
  const before = await read();
  await act();
  const after = await until(
    async () => {
      const now = await read();
      return now.doses.every(({ ended_at }) => ended_at !== null) && !now.truth.moving && now;
    },
    30_000,
    'each dose is over',
  );
  const known = new Set(before.doses.map(({ dose_id }) => dose_id));
  return {
    doses: after.doses.filter(({ dose_id }) => !known.has(dose_id)),
    trueMl: after.truth.true_ml - before.truth.true_ml,
    motions: after.truth.motions.length - before.truth.motions.length,
  };
}
