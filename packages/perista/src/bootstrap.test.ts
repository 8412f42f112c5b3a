// The bootstrap installs exactly when it must, one at a time, survives being killed, and stands between npm and the
// product without being noticed. It runs here on a repository of its own, with an npm that does as it is told.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const FAKE_NPM = `#!/bin/sh
echo "$*" >> npm-runs
mkdir -p node_modules
while [ -e hold ]; do sleep 0.02; done
if [ -e broken ]; then echo "npm error code ECONNREFUSED" >&2; exit 7; fi
`;

/** Tells how it was started, and waits for a signal if it shall. */
const FAKE_MAIN = `
const [command, ...args] = process.argv.slice(2);
if (command === 'wait') {
  process.on('disconnect', () => process.exit(0));
  process.on('SIGTERM', () => { console.log('told to stop'); process.exit(5); });
  setInterval(() => {}, 1000);
}
console.log(JSON.stringify({ command, args, watched: process.connected }));
if (command === 'fail') process.exit(42);
if (command !== 'wait') process.disconnect();
`;

describe('bootstrap', () => {
  let root: string;
  let children: ChildProcess[];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'perista-bootstrap-'));
    children = [];
    const perista = join(root, 'packages', 'perista');
    mkdirSync(join(perista, 'src'), { recursive: true });
    mkdirSync(join(root, 'bin'));
    const own = dirname(import.meta.dirname);
    for (const part of ['bootstrap.mjs', 'bootstrap'])
      cpSync(join(own, part), join(perista, part), { recursive: true });
    writeFileSync(join(perista, 'src', 'main.ts'), FAKE_MAIN);
    writeFileSync(join(root, 'bin', 'npm'), FAKE_NPM, { mode: 0o755 });
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { 'node_modules/a': {} } }));
  });

  afterEach(() => {
    rmSync(join(root, 'hold'), { force: true });
    for (const child of children) child.kill('SIGKILL');
    rmSync(root, { recursive: true, force: true });
  });

  function run(...args: string[]) {
    const { npm_command: _npm, ...env } = process.env;
    const child = spawn(process.execPath, [join(root, 'packages', 'perista', 'bootstrap.mjs'), ...args], {
      env: { ...env, PATH: `${join(root, 'bin')}:/usr/bin:/bin` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let text = '';
    child.stdout.on('data', (piece) => {
      text += piece;
    });
    child.stderr.on('data', (piece) => {
      text += piece;
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
    const says = (words: string) =>
      new Promise<void>((resolve) => {
        const look = () => text.includes(words) && resolve();
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        look();
      });
    return { child, ended, says, text: () => text };
  }

  const npmRuns = () =>
    existsSync(join(root, 'npm-runs')) ? readFileSync(join(root, 'npm-runs'), 'utf8').trim().split('\n') : [];
  const hold = () => writeFileSync(join(root, 'hold'), '');
  const letGo = () => rmSync(join(root, 'hold'));

  it('installs before the first run, everything included, and not before the second', async () => {
    const first = run('start', '--http-port', '0');
    expect(await first.ended).toBe(0);
    expect(first.text()).toContain('{"command":"start","args":["--http-port","0"],"watched":true}');
    expect(npmRuns()).toEqual([expect.stringContaining('ci --loglevel=error --include=dev --include=optional')]);
    const second = run('start');
    expect(await second.ended).toBe(0);
    expect(second.text()).not.toContain('install');
    expect(npmRuns()).toHaveLength(1);
  });

  it('installs anew after the lockfile changed', async () => {
    await run('start').ended;
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: {} }));
    await run('start').ended;
    expect(npmRuns()).toHaveLength(2);
  });

  it('installs anew after an install that was killed', async () => {
    hold();
    const killed = run('start');
    await killed.says('installing');
    await vi.waitFor(() => expect(npmRuns()).toHaveLength(1));
    killed.child.kill('SIGTERM');
    expect(await killed.ended).toBe(143);
    letGo();
    expect(await run('start').ended).toBe(0);
    expect(npmRuns()).toHaveLength(2);
  });

  it('lets the second of two wait for the first, which installs for both', async () => {
    hold();
    const first = run('start');
    await first.says('installing');
    const second = run('start');
    await second.says('waiting for it');
    letGo();
    expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
    expect(npmRuns()).toHaveLength(1);
  });

  it('takes over the lock of an installer that is dead', async () => {
    const gone = run('version');
    await gone.ended;
    rmSync(join(root, 'node_modules'), { recursive: true });
    writeFileSync(join(root, '.perista-install.lock'), `${gone.child.pid} ${gone.child.pid}\n`);
    expect(await run('start').ended).toBe(0);
    expect(existsSync(join(root, '.perista-install.lock'))).toBe(false);
  });

  it('tells in words why npm failed, and tries again next time', async () => {
    writeFileSync(join(root, 'broken'), '');
    const failed = run('start');
    expect(await failed.ended).toBe(1);
    expect(failed.text()).toMatch(/npm ci ended with exit code 7 .*\n {2}npm: npm error code ECONNREFUSED\n.*network/);
    rmSync(join(root, 'broken'));
    expect(await run('start').ended).toBe(0);
  });

  it('leaves with the exit code of the product', async () => {
    expect(await run('fail').ended).toBe(42);
  });

  it('passes a signal on and waits for the product to stop', async () => {
    const waiting = run('wait');
    await waiting.says('"command":"wait"');
    waiting.child.kill('SIGTERM');
    waiting.child.kill('SIGTERM');
    expect(await waiting.ended).toBe(5);
    expect(waiting.text()).toContain('told to stop');
  });

  it('lets the product notice when it is killed', async () => {
    const waiting = run('wait');
    await waiting.says('"command":"wait"');
    waiting.child.kill('SIGKILL');
    // The pipes close only when the product, which shares them, is gone too.
    expect(await waiting.ended).toBeNull();
  });
});
