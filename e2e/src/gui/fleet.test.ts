// Proves of remote devices, with the real unit, its broker, emulated devices and a real browser: what one sees is true or said to be
// old; a start is one command whatever one presses; an unknown outcome is never called a failure; and a stop stays an alarm until
// it is proven.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLoggedIn, visit } from '../harness/browser.ts';
import type { HandCommand, HandDevice } from '../harness/hand-device.ts';
import { killHard, until } from '../harness/index.ts';
import { barriersOf, lossesOf } from '../harness/page-checks.ts';
import { BEGIN, FleetStage, fill, number, stage, tile, toReview } from './fleet-stage.ts';
import { button, press } from './keyboard.ts';
import { LANGUAGES } from './languages.ts';

const { fleet: f } = LANGUAGES.en.words;

const LIVE_WITHIN_MS = 10_000;
/** A minute, and a look at it. */
const GAP_WITHIN_MS = 75_000;

let fleet: FleetStage;
beforeAll(async () => {
  fleet = await FleetStage.open();
});
afterAll(() => fleet.close());

/** What the server missed of it while it was gone is asked for again for a minute: what is still missing then is a gap. */
let missed: HandDevice;

describe('what one sees of a device', () => {
  it('turns grey and counts when it is silent, and says when it is offline (3)', async () => {
    const device = await fleet.plug();
    const page = await fleet.devicePage(device.id);
    await number(page, f.chips.device).filter({ hasText: f.presence.online }).waitFor();
    device.hush(600_000);
    await number(page, f.chips.data)
      .filter({ hasText: /stale \d+ s/ })
      .waitFor();
    await page.locator('dl[data-stale]').waitFor();
    device.loseConnection();
    await number(page, f.chips.device).filter({ hasText: f.presence.offline }).waitFor();
    await page
      .getByRole('alert')
      .filter({ hasText: /offline/ })
      .waitFor();
    expect(await button(page, f.control.start).isDisabled()).toBe(true);
    await page.getByText(/It cannot be started now: .*offline/).waitFor();
  });

  it('is said to be old while the server is gone, and catches up by itself (4)', async () => {
    const device = await fleet.plug();
    device.press(BEGIN);
    missed = await fleet.byHand({ isKept: true });
    await missed.tell('progress', { flowRateMlMin: 2, deliveredVolumeMl: 1 });
    const page = await fleet.devicePage(device.id);
    await number(page, f.now.delivered).filter({ hasText: 'ml' }).waitFor();
    await page.evaluate(() => Object.assign(window, { isSame: true }));
    await fleet.isWritten(missed.id);
    await killHard(fleet.unit.pid('controller'));
    await page.getByText(LANGUAGES.en.words.connection.lost).waitFor();
    await missed.tell('progress', { flowRateMlMin: 2, deliveredVolumeMl: 2 });
    await number(page, f.chips.data).filter({ hasText: /stale/ }).waitFor();
    await number(page, f.chips.data).filter({ hasText: /told/ }).waitFor({ timeout: 60_000 });
    await number(page, f.now.delivered).filter({ hasText: 'ml' }).waitFor();
    expect(await page.evaluate(() => 'isSame' in window)).toBe(true);
    await missed.tell('progress', { flowRateMlMin: 2, deliveredVolumeMl: 3 });
  });

  it('names the broker, not the device, when the broker is gone (5)', async () => {
    const device = await fleet.plug();
    const page = await fleet.devicePage(device.id);
    await number(page, f.chips.broker).filter({ hasText: f.chips.up }).waitFor();
    const isDown = number(page, f.chips.broker).filter({ hasText: f.chips.down }).waitFor();
    await fleet.broker.kill();
    await isDown;
    await fleet.broker.start();
    await number(page, f.chips.broker).filter({ hasText: f.chips.up }).waitFor({ timeout: 60_000 });
    await number(page, f.chips.device).filter({ hasText: f.presence.online }).waitFor({ timeout: 60_000 });
  });
});

it('the flow of a day: a device is started from the wizard, accepted at its own keys, and watched', async () => {
  const { id, process } = await fleet.atItsKeys();
  const page = await openLoggedIn(fleet.unit, { path: '/devices' });
  await tile(page, id).click();
  await press(page, page.getByRole('link', { name: f.control.start }).or(button(page, f.control.start)));
  await toReview(page);
  await press(page, button(page, f.wizard.start));
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await stage(page, 'accept', 'now');
  process.type('start');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: id, exact: true }).waitFor();
  const delivered = () => number(page, f.now.delivered).innerText();
  await number(page, f.now.delivered).filter({ hasText: /\d ml/ }).waitFor();
  const before = await delivered();
  await until(async () => (await delivered()) !== before, LIVE_WITHIN_MS, 'the numbers go on');
  expect((await fleet.told(id)).infusion?.state).toBe('running');
});

describe('the wizard', () => {
  it('never changes what was typed, names the rule, and asks about a tenfold change (6)', async () => {
    const device = await fleet.plug();
    device.press(BEGIN);
    await fleet.is(device.id, 'running');
    device.press({ action: 'complete' });
    await fleet.is(device.id, 'completed');
    const first = await fleet.start(device.id);
    await fleet.is(device.id, 'awaiting_confirmation');
    device.press({ action: 'accept' });
    await first.getByRole('dialog').waitFor({ state: 'detached' });
    device.press({ action: 'stop' });
    await fleet.is(device.id, 'stopped');

    const page = await openLoggedIn(fleet.unit, { path: `/devices/${device.id}/infuse` });
    await press(page, button(page, f.wizard.skip));
    await fill(page, f.wizard.rate, '500');
    await fill(page, f.wizard.time, '3');
    await page.getByText('Must be from 0.001 ml/min to 100 ml/min.').waitFor();
    expect(await page.getByLabel(f.wizard.rate, { exact: true }).inputValue()).toBe('500');
    await fill(page, f.wizard.rate, '2.5');
    await page.getByText('Follows: 7.5 ml').waitFor();
    expect(await page.getByLabel(f.wizard.volume, { exact: true }).inputValue()).toBe('');
    await press(page, button(page, f.wizard.next));
    await page.getByText('Time: 3 min, where the last infusion had 30 min.').waitFor();
    await press(page, button(page, f.wizard.leap.go));
    await page.getByText(`${device.id} will infuse 7.5 ml at 2.5 ml/min, in 3 min.`).waitFor();
    await page.getByText(f.wizard.review.notMedical).waitFor();
  });

  it('says the unit of each number, takes comma and point, and refuses what may be a thousand (7)', async () => {
    const device = await fleet.plug();
    const page = await openLoggedIn(fleet.unit, { path: `/devices/${device.id}/infuse` });
    await press(page, button(page, f.wizard.skip));
    for (const [label, unit] of [
      [f.wizard.rate, 'ml/min'],
      [f.wizard.time, 'min'],
      [f.wizard.volume, 'ml'],
    ] as const) {
      const input = page.getByLabel(label, { exact: true });
      expect(await input.locator('xpath=following-sibling::*[1]').innerText()).toBe(unit);
    }
    await fill(page, f.wizard.time, '3');
    await fill(page, f.wizard.rate, '1.000');
    await page.getByText(f.wizard.wrong.ambiguous).waitFor();
    for (const rate of ['2,5', '2.5']) {
      await fill(page, f.wizard.rate, rate);
      await page.getByText('Follows: 7.5 ml').waitFor();
      expect(await page.getByLabel(f.wizard.rate, { exact: true }).inputValue()).toBe(rate);
    }
  });

  it('makes one START of a double click, a held Enter key and a reload (8)', async () => {
    const device = await fleet.byHand();
    const page = await openLoggedIn(fleet.unit, { path: `/devices/${device.id}/infuse` });
    await toReview(page);
    await button(page, f.wizard.start).dblclick();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    const command = await device.command('START_INFUSION');
    await page.reload();
    await dialog.waitFor();
    await device.ack(command, 'received');
    await stage(page, 'received', 'done');
    await device.ack(command, 'accepted');
    await device.confirm(command);
    await dialog.waitFor({ state: 'detached' });
    expect(
      new Set(device.commands.filter((each) => each.command === 'START_INFUSION').map((each) => each.commandId)).size,
    ).toBe(1);
  });
});

describe('waiting for a device', () => {
  it('says who rejected it and why, and keeps the parameters (11)', async () => {
    const device = await fleet.plug();
    const page = await fleet.start(device.id);
    await stage(page, 'accept', 'now');
    device.press({ action: 'reject', reason: 'the door is open' });
    await page
      .getByText(f.waiting.rejectedWhy.replace('{{id}}', device.id).replace('{{reason}}', 'the door is open'))
      .waitFor();
    await press(page, button(page, f.waiting.keep));
    expect(await page.getByLabel(f.wizard.rate, { exact: true }).inputValue()).toBe('2');
  });

  /** A start that nobody answers, too. */
  let late: { readonly device: HandDevice; readonly command: HandCommand };

  it('says that the state is unknown when nobody answers, sends CANCEL, and a new try is a new command (12)', async () => {
    const [device, other] = [await fleet.byHand(), await fleet.byHand({ isKept: true })];
    late = { device: other, command: await fleet.ordered(other) };
    const page = await fleet.start(device.id);
    const command = await device.command('START_INFUSION');
    await device.ack(command, 'received');
    await page.getByText(f.waiting.unanswered, { exact: true }).waitFor({ timeout: 60_000 });
    await device.command('CANCEL');
    expect(await page.locator('body').innerText()).not.toMatch(/fail/i);
    await press(page, button(page, f.waiting.retry));
    const again = await device.command('START_INFUSION', 2);
    expect(again.payload.infusionId).not.toBe(command.payload.infusionId);
  });

  it('that ends too late is told as a late start, with an alarm, on the page of the device and in the list (13)', async () => {
    const { device, command } = late;
    await fleet.is(device.id, 'unanswered');
    const [page, list] = [await fleet.devicePage(device.id), await openLoggedIn(fleet.unit, { path: '/devices' })];
    await tile(list, device.id).waitFor();
    await device.confirm(command);
    await page.getByText(f.state.late, { exact: true }).waitFor();
    await page.getByRole('alert').filter({ hasText: f.alarms.priority.high }).waitFor();
    await tile(list, device.id).getByText(f.state.late).waitFor();
    expect((await fleet.told(device.id)).alarms).toContainEqual(
      expect.objectContaining({ kind: 'late-start', state: 'on' }),
    );
  });

  it('is not ended by a confirmation that is foreign, old or retained (14)', async () => {
    const device = await fleet.byHand();
    const earlier = await fleet.ordered(device);
    await device.ack(earlier, 'rejected', 'not now');
    await fleet.is(device.id, 'rejected');
    const page = await fleet.start(device.id);
    const command = await device.command('START_INFUSION', 2);
    await device.ack(command, 'received');
    await stage(page, 'accept', 'now');
    const confirmed = ({ commandId, payload: { infusionId, ...parameters } }: HandCommand) => {
      return { commandId, infusionId, confirmed: true, parameters };
    };
    await device.tell('infusion', { commandId: 'another', infusionId: 'somebody-elses', confirmed: true });
    await device.tell('infusion', confirmed(earlier));
    await device.tell('progress', { flowRateMlMin: 0, deliveredVolumeMl: 0 });
    expect(await fleet.stateOf(device.id)).toBe('awaiting_confirmation');
    await stage(page, 'accept', 'now');
    await killHard(fleet.unit.pid('controller'));
    await device.tell('infusion', confirmed(command), { retain: true });
    await fleet.isHeardAgain(device.id);
    expect(await fleet.stateOf(device.id)).toBe('awaiting_confirmation');
    await stage(page, 'accept', 'now');
    await press(page, button(page.getByRole('dialog'), LANGUAGES.en.words.action.cancel));
    await page.getByText(/The start was called off/).waitFor();
  });
});

describe('a stop', () => {
  it('is one press and one yes, also in a dialog, and an alarm while it is not proven (15)', async () => {
    const device = await fleet.byHand();
    const page = await fleet.start(device.id);
    const command = await device.command('START_INFUSION');
    await press(page, button(page.getByRole('dialog'), f.waiting.stop));
    await press(page, button(page.getByRole('dialog'), f.waiting.stopSure.replace('{{id}}', device.id)));
    await device.command('STOP_INFUSION');
    await device.ack(command, 'accepted');
    await device.confirm(command);

    const watch = await fleet.devicePage(device.id);
    await watch.getByRole('alert').filter({ hasText: f.alarms.priority.high }).waitFor();
  });

  it('that is not proven stays an alarm over a reload and a restart, until it is seen: by whom and when (16)', async () => {
    const device = await fleet.byHand();
    await device.confirm(await fleet.ordered(device));
    await fleet.is(device.id, 'running');
    await fleet.unit.api.request('POST', `/api/devices/${device.id}/commands`, { command: 'STOP_INFUSION' });
    const watch = await fleet.devicePage(device.id);
    const alarm = watch.getByRole('alert').filter({ hasText: f.alarms.priority.high });
    await alarm.waitFor();
    await watch.reload();
    await alarm.waitFor();
    await killHard(fleet.unit.pid('controller'));
    await watch.getByText(LANGUAGES.en.words.connection.lost).waitFor();
    await watch.getByText(LANGUAGES.en.words.connection.lost).waitFor({ state: 'detached', timeout: 60_000 });
    await alarm.waitFor();
    await press(watch, button(watch, f.alarms.acknowledge).first());
    await watch
      .getByText(/seen by admin at .*\d.*, since .*\d/)
      .first()
      .waitFor();
  });

  it('stands on the timeline with who ordered it and what became of it, as CSV too (18)', async () => {
    const device = await fleet.plug();
    device.press(BEGIN);
    const page = await fleet.devicePage(device.id);
    await page.getByText(f.state.running, { exact: true }).first().waitFor();
    await press(page, button(page, f.control.stop));
    await press(page, button(page, f.control.stopNow));
    await page.getByText(f.state.stopped, { exact: true }).first().waitFor();
    const stop = page.getByRole('row').filter({ hasText: 'STOP_INFUSION' });
    await stop.filter({ hasText: 'admin' }).filter({ hasText: f.timeline.sources.user }).waitFor();
    await stop.filter({ hasText: f.timeline.sources.device }).filter({ hasText: /done/i }).waitFor();
    const csv = await fetch(new URL(`/api/devices/${device.id}/timeline/export.csv`, fleet.unit.url), {
      headers: { cookie: fleet.unit.api.cookie },
    });
    expect(await csv.text()).toMatch(/admin,user,STOP_INFUSION/);
  });
});

it('what nobody knows of a device is hatched in its trend (4)', async () => {
  const page = await fleet.devicePage(missed.id);
  await page.getByText(/Hatched: (one time|\d+ times) that nobody knows/).waitFor({ timeout: GAP_WITHIN_MS });
});

describe('each screen of the fleet', () => {
  it.each([
    ['en', 'light'],
    ['pl', 'dark'],
  ] as const)('keeps nobody out and loses nothing at 320 px: %s, %s', async (language, colorScheme) => {
    const device = await fleet.plug();
    device.press(BEGIN);
    const { locale } = LANGUAGES[language];
    const own = `/devices/${device.id}`;
    const page = await openLoggedIn(fleet.unit, { locale, colorScheme, viewport: { width: 320, height: 800 } });
    for (const path of ['/devices', own, `${own}/infuse`, `/device-monitor?device=${device.id}`]) {
      await visit(page, new URL(path, fleet.unit.url).href);
      await page.getByText(device.id).first().waitFor();
      expect([path, await barriersOf(page)]).toEqual([path, []]);
      expect([path, await lossesOf(page)]).toEqual([path, []]);
    }
  });
});
