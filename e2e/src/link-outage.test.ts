// Proves on real ZeroMQ over TCP what becomes of a dose when the link goes dead unnoticed, and when either end starts
// anew (P17, I13).
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempFolder, until } from './harness/index.ts';
import { controllerOn } from './link/controller-on-link.ts';
import { emulatedBench, motionOver, PUMP } from './link/emulated-agent.ts';
import { FreezableProxy } from './link/freezable-proxy.ts';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function linked() {
  const port = await freePort();
  const bench = emulatedBench(`tcp://127.0.0.1:${port}`);
  const agent = await bench.start();
  const wire = await FreezableProxy.to(port);
  const databaseFile = join(tempFolder(), 'perista.sqlite');
  const endpoint = `tcp://127.0.0.1:${wire.port}`;
  const { controller, api } = await controllerOn(endpoint, databaseFile);
  await until(async () => (await api.pump(PUMP)).blocked_by.length === 0, 10_000, 'the pump is ready');
  return { bench, agent, wire, databaseFile, endpoint, controller, api };
}

const turned = (bench: ReturnType<typeof emulatedBench>, revolutions: number) =>
  until(() => bench.board.truth().revolutions > revolutions, 5_000, `${revolutions} revolutions`);

it('a half-open link ends the dose with its lease; the controller notices, comes back, and books what was given', async () => {
  const { bench, wire, api } = await linked();
  const accepted = await api.dose(PUMP, { volume_ml: 5, duration_s: 30 }, 'half-open');
  await turned(bench, 0.5);
  wire.freeze();
  await until(async () => (await api.health()).status === 'degraded', 5_000, 'the controller misses the agent');
  await motionOver(bench, 5_000);
  const refused = await api.ledgerEntry(accepted.dose_id);
  expect(['running', 'accepted']).toContain(refused.state);
  wire.thaw();
  const dose = await api.settled(accepted.dose_id, 15_000);
  expect(dose).toMatchObject({ state: 'partial', code: 'E206' });
  const given = (bench.board.truth().revolutions * 12_800 * accepted.volume_ml) / accepted.pulses;
  expect(Math.abs((dose.delivered_ml ?? Number.NaN) - given)).toBeLessThan(0.01);
  expect((await api.health()).status).toBe('ok');
});

it('a controller that starts anew within the lease takes over the running dose, and it is done', async () => {
  const { bench, databaseFile, endpoint, controller, api } = await linked();
  const accepted = await api.dose(PUMP, { volume_ml: 2, duration_s: 10 }, 'adopted');
  await turned(bench, 0.5);
  await controller.stop();
  const next = await controllerOn(endpoint, databaseFile);
  const dose = await next.api.settled(accepted.dose_id, 15_000);
  expect(dose.state).toBe('done');
  expect(bench.board.truth().motions).toHaveLength(1);
  expect(bench.board.truth().revolutions * 12_800).toBeCloseTo(accepted.pulses, 0);
});

it('an agent that starts anew ends the dose that it was cut off from, and takes the next', async () => {
  const { bench, agent, api } = await linked();
  const accepted = await api.dose(PUMP, { volume_ml: 2, duration_s: 8 }, 'cut-off');
  await turned(bench, 0.5);
  await agent.stop();
  await bench.start();
  const dose = await api.settled(accepted.dose_id, 15_000);
  expect(dose.state).toBe('partial');
  await until(async () => (await api.pump(PUMP)).blocked_by.length === 0, 10_000, 'the pump is ready again');
  const second = await api.dose(PUMP, { volume_ml: 0.5 }, 'after');
  expect((await api.settled(second.dose_id, 15_000)).state).toBe('done');
});
