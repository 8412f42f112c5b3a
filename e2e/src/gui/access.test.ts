// Proves in real browsers who may come in, what each may do there, and that whoever is shown out is out within a second.
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { isLive, openLoggedIn, openPage, openTab, socketOf } from '../harness/browser.ts';
import { EmbeddedBroker } from '../harness/embedded-broker.ts';
import { ApiClient, startUnit, type TestUnit } from '../harness/index.ts';

const PUMP = 'ph-down';
const OUT_LIMIT_MS = 1_000;
const SECRET = 'a-long-enough-secret';
const ENDED = 'This log-in has ended, here or from another place. Log in again.';

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit({ env: { PERISTA_MQTT_PORT: '0' } });
});

const openAccess = (as?: ApiClient) => openLoggedIn(unit, { path: '/access', ...(as && { as }) });

async function clientOf(username: string, password = SECRET): Promise<ApiClient> {
  const client = new ApiClient(unit.url);
  await client.login(password, username);
  return client;
}

const card = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
const rowOf = (page: Page, title: string, text: string): Locator =>
  card(page, title).getByRole('row', { name: new RegExp(`^${text} `) });

/** Does what shows somebody out; their socket is closed within a second, and their page at the log-in with the reason. */
async function expectShownOut(page: Page, act: () => Promise<unknown>): Promise<void> {
  const socket = await socketOf(page);
  const limit = { timeout: OUT_LIMIT_MS };
  const isOut = () =>
    Promise.all([
      socket.isClosed() || socket.waitForEvent('close', limit),
      page.getByText(ENDED).waitFor(limit),
      page.getByLabel('Password').waitFor(limit),
    ]);
  await act();
  await isOut();
}

async function logIn(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

const logOut = async (page: Page) => {
  await page.getByRole('navigation').getByText('Operator', { exact: true }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
};

describe('users', () => {
  it.each(['Operator', 'Viewer'])('an administrator adds one: %s', async (role) => {
    const page = await openAccess();
    await page.getByRole('button', { name: 'Add user' }).click();
    const dialog = page.getByRole('dialog', { name: 'New user' });
    const username = role.toLowerCase();
    await dialog.getByLabel('User name').fill(username);
    await dialog.getByLabel('Password').fill(SECRET);
    await dialog.getByLabel('Role').selectOption(role);
    await dialog.getByRole('button', { name: 'Add user' }).click();
    await dialog.waitFor({ state: 'detached' });
    await rowOf(page, 'Users', username).waitFor();
    expect(await page.getByLabel(`Role of ${username}`).inputValue()).toBe(username);
  });

  it('a viewer sees everything, is told why there is no button to dose, and is refused by the API', async () => {
    const { dose_id } = await unit.api.dose(PUMP, { volume_ml: 0.2 });
    await unit.api.settled(dose_id, 10_000);
    const page = await openLoggedIn(unit, { as: await clientOf('viewer') });
    await page.getByText('Viewers cannot stop pumps. Call an operator.').waitFor();
    expect(await page.getByRole('article').count()).toBe(8);
    await page.getByRole('link', { name: PUMP }).click();
    await page.getByText('You are a viewer: you see everything and change nothing.').waitFor();
    await page.getByText('Only an operator can prime.').waitFor();
    await page.getByRole('row').filter({ hasText: '0.2 ml' }).waitFor();
    for (const name of [/^Dose/, 'Stop', /^Emergency stop/, 'Hold to prime']) {
      expect([name, await page.getByRole('button', { name }).count()]).toEqual([name, 0]);
    }
    for (const [name, heading] of [
      ['Doses', 'Ledger of doses'],
      ['Events', 'Event log'],
      ['Access', 'Log-ins'],
    ] as const) {
      await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { name: heading }).first().waitFor();
    }
    await page.getByText('Users are shown to administrators.').waitFor();

    const refusals = await page.evaluate(async (pump) => {
      const post = async (path: string, body?: object) => {
        const headers = { 'content-type': 'application/json' };
        const reply = await fetch(path, { method: 'POST', ...(body && { headers, body: JSON.stringify(body) }) });
        return [reply.status, ((await reply.json()) as { code: string }).code];
      };
      return [
        await post(`/api/pumps/${pump}/doses`, { volume_ml: 1 }),
        await post(`/api/pumps/${pump}/prime`, { max_s: 5 }),
        await post('/api/emergency-stop'),
      ];
    }, PUMP);
    expect(refusals).toEqual([
      [403, 'E403'],
      [403, 'E403'],
      [403, 'E403'],
    ]);
    expect(await unit.api.ledger(`?pump_id=${PUMP}`)).toHaveLength(1);
  });
});

describe('a token', () => {
  it('is shown once, stands in for a log-in, and is refused once it is revoked', async () => {
    const page = await openAccess();
    await page.getByRole('button', { name: 'Create token' }).click();
    const dialog = page.getByRole('dialog', { name: 'New token' });
    await dialog.getByLabel('Name').fill('greenhouse');
    await dialog.getByRole('button', { name: 'Create token' }).click();
    const shown = page.getByRole('dialog', { name: 'Token “greenhouse”' });
    const token = await shown.getByRole('status').innerText();
    const ask = async () => {
      const headers = { authorization: `Bearer ${token}` };
      return (await new ApiClient(unit.url).request('GET', '/api/pumps', undefined, headers)).status;
    };
    expect(await ask()).toBe(200);

    await shown.getByRole('button', { name: 'I have kept it' }).click();
    const row = rowOf(page, 'API tokens', 'greenhouse');
    await row.waitFor();
    await page.reload();
    await row.waitFor();
    expect(await page.content()).not.toContain(token);

    await row.getByRole('button', { name: 'Revoke' }).click();
    const question = page.getByRole('dialog', { name: 'Revoke “greenhouse”?' });
    await question.getByRole('button', { name: 'Revoke' }).click();
    await row.waitFor({ state: 'detached' });
    expect(await ask()).toBe(401);
  });
});

describe('a user of MQTT', () => {
  it('is added by keyboard, gets in with the password that is shown once, and is out when it is removed', async () => {
    const broker = new EmbeddedBroker(unit);
    await broker.start();
    const page = await openAccess();
    await page.getByRole('button', { name: 'Add MQTT user' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'New MQTT user' });
    await dialog.waitFor();
    await page.keyboard.type('pump-one');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Dev');
    await dialog.getByText('Speaks for one device').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('PUMP_0001');
    await page.keyboard.press('Enter');
    const shown = page.getByRole('dialog', { name: 'Password of “pump-one”' });
    const password = await shown.getByRole('status').innerText();
    const complaint = (id: string) =>
      broker.as('pump-one', password).complaint(`devices/${id}/status`, '{}', '-V', '5');
    expect(complaint('PUMP_0001')).toBe('');
    expect(complaint('PUMP_0002')).toContain('Not authorized');

    await shown.getByRole('button', { name: 'I have kept it' }).click();
    const row = rowOf(page, 'MQTT users', 'pump-one Device PUMP_0001');
    await row.waitFor();
    await page.reload();
    await row.waitFor();
    expect(await page.content()).not.toContain(password);

    await row.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog', { name: 'Remove pump-one?' }).getByRole('button', { name: 'Remove' }).click();
    await row.waitFor({ state: 'detached' });
    expect(complaint('PUMP_0001')).toMatch(/not authorized|bad user name/i);
  });
});

describe('a log-in', () => {
  it('is listed, and is ended from another place', async () => {
    const other = await openPage(unit.url);
    await logIn(other, 'operator', SECRET);
    await isLive(other);
    const mine = await openAccess();
    const row = rowOf(mine, 'Log-ins', 'operator').filter({ hasText: 'Chrome · Linux' });
    await row.waitFor();
    await expectShownOut(other, () => row.getByRole('button', { name: 'End' }).click());
    await row.waitFor({ state: 'detached' });
    await logIn(other, 'operator', SECRET);
    await isLive(other);
    await logOut(other);
    await other.getByLabel('Password').waitFor();
    expect(await other.getByText(ENDED).count()).toBe(0);
  });

  it('that is left in one tab is left in the other one too', async () => {
    const page = await openLoggedIn(unit, { as: await clientOf('operator') });
    const otherTab = await openTab(page.context(), unit.url);
    await expectShownOut(otherTab, () => logOut(page));
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await page.getByText(ENDED).count()).toBe(0);
  });

  it('has a password that its user can change', async () => {
    const page = await openAccess(await clientOf('operator'));
    const change = async (current: string, next: string) => {
      await page.getByLabel('Present password').fill(current);
      await page.getByLabel('New password').fill(next);
      await page.getByRole('button', { name: 'Change password' }).click();
    };
    await change('not-the-password', 'another-long-secret');
    await page
      .getByRole('alert')
      .filter({ hasText: /password/ })
      .waitFor();
    await change(SECRET, 'another-long-secret');
    await page.getByText('Changed. Your other log-ins have ended.').waitFor();
    await logOut(page);
    await logIn(page, 'operator', SECRET);
    await page
      .getByRole('alert')
      .filter({ hasText: /password/ })
      .waitFor();
    await logIn(page, 'operator', 'another-long-secret');
    await isLive(page);
  });
});
