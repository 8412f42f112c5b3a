// Proves that one wish is one dose, however it is pressed, typed, interrupted or lost, and that doubt is told before it moves anything.
import type { Locator, Page, Route } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startUnit, type TestUnit, until } from '../harness/index.ts';
import { dosesOf, PumpScreen, TOLERANCE_ML } from './pump-screen.ts';

const PUMP = 'ph-down';
const OTHER = 'nutrient-a';
const ORDERS = '**/api/pumps/*/doses';
const ONE_DOSE = '**/api/doses/*';

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
});

const open = (pumpId = PUMP) => PumpScreen.open(unit, pumpId);

/** Exactly one dose of `ml` came of it, and what the ledger says of it flowed: all of it, unless the machine stood still. */
async function expectOneDose(ml: number, act: () => Promise<unknown>, pumpId = PUMP): Promise<void> {
  const { doses, trueMl, motions } = await dosesOf(unit, pumpId, act);
  expect(doses.map(({ requested_ml }) => requested_ml)).toEqual([ml]);
  expect(motions).toBe(1);
  const [dose] = doses;
  const { state, delivered_ml, reason } = dose ?? expect.unreachable('one dose');
  if (state === 'partial') console.warn(`a dose of ${ml} ml gave ${delivered_ml} ml: ${reason}`);
  else expect(state).toBe('done');
  expect(Math.abs(trueMl - (state === 'partial' ? (delivered_ml ?? 0) : ml))).toBeLessThan(TOLERANCE_ML);
}

/** As a double click whose first half brought what its second half hits. */
async function secondClick(target: Locator): Promise<void> {
  const { mouse } = target.page();
  await target.hover();
  await mouse.down({ clickCount: 2 });
  await mouse.up({ clickCount: 2 });
}

async function expectNothing(act: () => Promise<unknown>, pumpId = PUMP): Promise<void> {
  expect(await dosesOf(unit, pumpId, act)).toEqual({ doses: [], trueMl: 0, motions: 0 });
}

/** Keeps requests on their way until what it gives is called. */
async function holdBack(page: Page, address: string): Promise<() => Promise<unknown>> {
  const held: Route[] = [];
  await page.route(address, (route) => void held.push(route));
  return async () => {
    await page.unroute(address);
    return Promise.all(held.map((route) => route.continue()));
  };
}

describe('one wish is one dose', () => {
  it('when the button is double-clicked, and nobody is told off for it', async () => {
    const screen = await open();
    await screen.volume.fill('0.2');
    await screen.duration.fill('2');
    await expectOneDose(0.2, async () => {
      await screen.give.dblclick();
      await screen.page.getByText('Order of 0.2 ml accepted.').waitFor();
    });
    expect(screen.orders).toHaveLength(1);
    expect(await screen.form.getByText('Enter a volume').count()).toBe(0);
  });

  it('when Enter is held down', async () => {
    const screen = await open();
    await screen.volume.fill('0.2');
    await expectOneDose(0.2, async () => {
      for (let repeats = 0; repeats < 10; repeats++) await screen.page.keyboard.down('Enter');
      await screen.page.keyboard.up('Enter');
      await screen.answered();
    });
    expect(screen.orders).toHaveLength(1);
  });

  it('when the page is reloaded in the instant of pressing', async () => {
    const screen = await open();
    await screen.volume.fill('0.25');
    await expectOneDose(0.25, async () => {
      const loaded = screen.page.waitForEvent('load');
      await screen.give.evaluate((button: HTMLElement) => {
        button.click();
        location.reload();
      });
      await loaded;
      const again = screen.page.getByRole('button', { name: 'Order 0.25 ml again' });
      const inLedger = screen.page.getByRole('row').filter({ hasText: '0.25 ml' }).first();
      await again.or(inLedger).first().waitFor();
      if (await again.isVisible()) await again.click();
      await inLedger.waitFor();
    });
  });

  it('when the page is reloaded before the answer came', async () => {
    const screen = await open();
    await screen.volume.fill('0.2');
    const received = Promise.withResolvers<void>();
    await screen.page.route(ORDERS, async (route) => {
      await route.fetch();
      received.resolve();
    });
    await expectOneDose(0.2, async () => {
      await screen.volume.press('Enter');
      await received.promise;
      const answer = await holdBack(screen.page, ONE_DOSE);
      await screen.page.reload();
      await screen.page.getByText('No answer to the order of 0.2 ml').waitFor();
      await answer();
      await screen.answered();
      expect(await screen.page.getByText('did not arrive').count()).toBe(0);
    });
    expect(screen.orders).toHaveLength(1);
  });
});

describe('a number', () => {
  it.each([
    ['0,2', 'a comma'],
    ['0.2', 'a point'],
  ])('%s is read with %s, and said back with its unit before it is sent', async (text) => {
    const screen = await open();
    await screen.volume.fill(text);
    await screen.form.getByRole('button', { name: 'Dose 0.2 ml', exact: true }).waitFor();
    await expectOneDose(0.2, async () => {
      await screen.volume.press('Enter');
      await screen.answered();
    });
  });

  it('that two people read differently is refused, and nothing is sent', async () => {
    const screen = await open();
    await screen.volume.fill('1.000');
    await expectNothing(async () => {
      await screen.volume.press('Enter');
      await screen.form.getByText('A thousand or a fraction? Write 1000 or 1.0.').waitFor();
    });
    expect(screen.orders).toEqual([]);
    expect(await screen.volume.getAttribute('aria-invalid')).toBe('true');
    expect(await screen.volume.inputValue()).toBe('1.000');
  });
});

describe('a tenfold of the last dose', () => {
  it('asks again: Esc and a second click give nothing, a clear yes gives it once', async () => {
    const screen = await open();
    const { page } = screen;
    const small = await unit.api.dose(PUMP, { volume_ml: 0.1 });
    await unit.api.settled(small.dose_id, 10_000);
    const question = page.getByRole('dialog', { name: 'Really 1 ml?' });
    const yes = question.getByRole('button', { name: 'Dose 1 ml' });
    await screen.volume.fill('1');
    await screen.duration.fill('2');
    await expectNothing(async () => {
      await screen.volume.press('Enter');
      await question.getByText('That is 10 times the last dose of 0.1 ml.').waitFor();
      await page.keyboard.press('Escape');
      await question.waitFor({ state: 'detached' });
      expect(await screen.volume.inputValue()).toBe('1');

      // The second click of a double click may hit what the first has opened.
      await screen.give.click();
      await secondClick(yes);
      expect(await question.isVisible()).toBe(true);
      await question.getByRole('button', { name: 'Change it' }).click();
    });
    expect(screen.orders).toEqual([]);
    await expectOneDose(1, async () => {
      await screen.give.click();
      await yes.click();
      await screen.answered();
    });
  });
});

describe('what a rule forbids is told before anything is sent', () => {
  it('what the pump can do, and what a single dose may have', async () => {
    const screen = await open();
    const forbidden: readonly (readonly [volume: string, duration: string, sentence: RegExp])[] = [
      ['120', '', /120 ml is more than the 100 ml that a single dose of this pump may have/],
      ['50', '2.5', /1200 ml\/min, but this pump gives at most 40 ml\/min/],
      ['0.001', '', /0\.001 ml is less than the 0\.0\d+ ml that this pump can dose/],
    ];
    await expectNothing(async () => {
      for (const [volume, duration, sentence] of forbidden) {
        await screen.volume.fill(volume);
        await screen.duration.fill(duration);
        await screen.form.getByText(sentence).waitFor();
        await screen.volume.press('Enter');
        await screen.form.getByRole('alert').filter({ hasText: sentence }).waitFor();
      }
    });
    expect(screen.orders).toEqual([]);
  });

  it('what an hour has left', async () => {
    const { limits } = await unit.api.pump(OTHER);
    await unit.api.request('PATCH', `/api/pumps/${OTHER}`, { limits: { ...limits, hour_ml: 3 } });
    await until(async () => (await unit.api.pump(OTHER)).blocked_by.length === 0, 5_000, 'the new limits are in force');
    const screen = await open(OTHER);
    await screen.volume.fill('0.2');
    await expectOneDose(
      0.2,
      async () => {
        await screen.volume.press('Enter');
        await screen.answered();
      },
      OTHER,
    );
    await screen.form.getByText(/^2\.(79|8) ml left of 3 ml$/).waitFor();
    await screen.volume.fill('2.9');
    await screen.form.getByText(/would give 3\.(1|09\d*) ml within 1 h; its cap is 3 ml/).waitFor();
    await expectNothing(() => screen.volume.press('Enter'), OTHER);
    expect(screen.orders).toHaveLength(1);
  });
});

describe('an order without an answer', () => {
  it('that arrived is told as unknown, found in the ledger by itself, and is one dose', async () => {
    const screen = await open();
    const { page } = screen;
    const answer = await holdBack(page, ONE_DOSE);
    await page.route(ORDERS, async (route) => {
      await route.fetch();
      await route.abort();
    });
    await screen.volume.fill('0.2');
    await expectOneDose(0.2, async () => {
      await screen.volume.press('Enter');
      await page.getByText('No answer to the order of 0.2 ml: it is not known whether it arrived.').waitFor();
      await screen.volume.fill('0.3');
      await screen.volume.press('Enter');
      await answer();
      await screen.answered();
      expect(await page.getByText('did not arrive').count()).toBe(0);
    });
    expect(screen.orders).toHaveLength(1);
  });

  it('that never arrived is told so, survives a reload, and may be sent again under its key', async () => {
    const screen = await open();
    const { page } = screen;
    await page.route(ORDERS, (route) => route.abort());
    await screen.volume.fill('0.2');
    const notArrived = page.getByText('The order of 0.2 ml did not arrive. Nothing was given');
    await expectNothing(async () => {
      await screen.volume.press('Enter');
      await notArrived.waitFor();
      await page.reload();
      await notArrived.waitFor();
    });
    await page.unroute(ORDERS);
    await expectOneDose(0.2, async () => {
      await page.getByRole('button', { name: 'Order 0.2 ml again' }).click();
      await screen.answered();
    });
    const [first, second] = screen.orders;
    expect(screen.orders).toHaveLength(2);
    expect(second).toEqual(first);
  });
});
