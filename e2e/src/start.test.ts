// Starting and stopping: what cannot work is told in one line and leaves nothing behind; what stops, stops whole.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isPerista, killHard, PARTS, pidOf, runPerista, startUnit, tempFolder, until } from './harness/index.ts';

const noPartOf = (dataDir: string) => PARTS.every((part) => pidOf(dataDir, part) === undefined);

describe('perista start', () => {
  it('refuses a data folder that another Perista uses, and names its process', async () => {
    const first = await startUnit();
    const second = runPerista(['start'], { dataDir: first.dataDir, env: { PERISTA_HTTP_PORT: '0' } });
    expect(await second.ended).toMatchObject({ code: 1 });
    expect(second.output()).toMatch(new RegExp(`^perista: .*pid ${first.process.pid}.*\\(E304\\)$`, 'm'));
    expect((await first.api.health()).status).toBe('ok');
    expect(await first.stop()).toBe(0);
  });

  it('refuses a port in use and leaves no half of a unit', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await until(() => server.listening, 1_000, 'server listens');
    const { port } = server.address() as { port: number };
    const dataDir = tempFolder();
    const started = runPerista(['start'], { dataDir, env: { PERISTA_HTTP_PORT: String(port) } });
    expect(await started.ended).toMatchObject({ code: 1 });
    expect(started.output()).toMatch(new RegExp(`^perista: .*${port}.*\\(E305\\)$`, 'm'));
    expect(started.output()).not.toMatch(/^\s+at /m);
    expect(noPartOf(dataDir)).toBe(true);
    server.close();
  });

  it('refuses a data folder that cannot be made', async () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    const started = runPerista(['start'], { dataDir: join(file, 'data') });
    expect(await started.ended).toMatchObject({ code: 1 });
    expect(started.output()).toMatch(/^perista: .*ENOTDIR.*PERISTA_DATA_DIR.*\(E303\)$/m);
  });

  it('reports all wrong settings at once and starts nothing', async () => {
    const dataDir = tempFolder();
    writeFileSync(join(dataDir, 'perista.yaml'), 'site:\n  timezone: Mars/Olympus\nhtpp: {}\n');
    const env = { PERISTA_HTTP_PORT: 'eighty', PERISTA_ADMIN_PASSWORD: 'hunter2' };
    const started = runPerista(['start', '--hardware', 'imaginary'], { dataDir, env });
    expect(await started.ended).toMatchObject({ code: 2 });
    const told = started.output();
    expect(told).toMatch(/5 settings are wrong/);
    for (const place of [
      'perista.yaml:2',
      'perista.yaml:3',
      'PERISTA_HTTP_PORT',
      'PERISTA_ADMIN_PASSWORD',
      '--hardware',
    ]) {
      expect(told).toContain(place);
    }
    expect(told).toContain('did you mean http?');
    expect(told).not.toContain('hunter2');
    expect(existsSync(join(dataDir, 'perista.lock'))).toBe(false);
  });

  it('stops on SIGTERM, told three times, with exit code 0 and no process left', async () => {
    const unit = await startUnit();
    const pids = PARTS.map((part) => unit.pid(part));
    unit.process.kill('SIGTERM');
    unit.process.kill('SIGINT');
    unit.process.kill('SIGTERM');
    expect(await unit.process.ended).toEqual({ code: 0, signal: null });
    expect(pids.filter(isPerista)).toEqual([]);
    expect(unit.process.output()).not.toMatch(/killed|could not stop/);
  });

  it('stops in the middle of a dose with the pump at rest, and the ledger knows what was given', async () => {
    const unit = await startUnit();
    const { dose_id } = await unit.api.dose('ph-down', { volume_ml: 10, duration_s: 60 });
    // More than the bound below: liquid and ledger differ by the calibration's error.
    await until(async () => (await unit.emulator.truth('ph-down')).true_ml > 0.4, 20_000, 'liquid flows');
    expect(await unit.stop()).toBe(0);

    const again = await startUnit({ dataDir: unit.dataDir });
    const dose = await again.api.ledgerEntry(dose_id);
    const truth = await again.emulator.truth('ph-down');
    expect(dose).toMatchObject({ state: 'partial' });
    expect(dose.delivered_ml).toBeGreaterThan(0.3);
    expect(Math.abs((dose.delivered_ml ?? 0) - truth.true_ml)).toBeLessThan(0.02 * truth.true_ml + 0.01);
    expect(truth.moving).toBe(false);
    expect(await again.stop()).toBe(0);
  });

  it('starts again at once on the same data folder after everything was killed', async () => {
    const first = await startUnit();
    for (const part of PARTS) await killHard(first.pid(part));
    await killHard(first.process.pid);
    const second = await startUnit({ dataDir: first.dataDir });
    expect((await second.api.health()).status).toBe('ok');
    expect(await second.stop()).toBe(0);
  });

  it('leaves nothing running when its launcher is killed', async () => {
    const unit = await startUnit();
    const pids = PARTS.map((part) => unit.pid(part));
    await killHard(unit.process.pid);
    await until(() => pids.every((pid) => !isPerista(pid)), 12_000, 'agent, controller and emulator gone');
  });

  it('stops when npm, which started it, is killed', async () => {
    const unit = await startUnit({ through: 'npm' });
    const pids = PARTS.map((part) => unit.pid(part));
    unit.process.kill('SIGKILL');
    await until(() => pids.every((pid) => !isPerista(pid)), 15_000, 'agent, controller and emulator gone');
  });

  it('brings back a part that was killed, the controller at its old address, with what was compiled before', async () => {
    const unit = await startUnit();
    expect(readdirSync(join(unit.dataDir, 'cache'))).not.toEqual([]);
    for (const part of PARTS) {
      const former = unit.pid(part);
      await killHard(former);
      await unit.newPid(part, former);
      await until(async () => (await unit.api.health()).status === 'ok', 20_000, `healthy after the end of ${part}`);
    }
    expect(await unit.stop()).toBe(0);
  });
});
