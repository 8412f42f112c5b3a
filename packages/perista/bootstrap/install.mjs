import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { holdsInstallLock, nameInstaller, releaseInstallLock, takeInstallLock } from './install-lock.mjs';
import { hasBundledNode, Refusal, root, say } from './place.mjs';

const HEARTBEAT_MS = 3_000;
/** Lines of npm's output that are shown when it fails. */
const SHOWN_LINES = 25;
/** Every package is needed: also the tools, also where npm is told to omit them or NODE_ENV is production. */
const NPM_ARGUMENTS = ['ci', '--loglevel=error', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];

const lockfile = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.perista-install');

/** Makes `node_modules` be what the lockfile says. `ended` waits for a spawned process and passes signals on to it. */
export async function install(ended) {
  if (isInstalled()) return;
  await takeInstallLock();
  try {
    if (!isInstalled()) await runNpm(ended);
  } finally {
    releaseInstallLock();
  }
}

function isInstalled() {
  try {
    return readFileSync(stampFile, 'utf8') === wantedStamp();
  } catch {
    return false;
  }
}

/** What the installed packages depend on. The stamp is written last: an install that was killed has none. */
function wantedStamp() {
  const lock = createHash('sha256').update(readFileSync(lockfile)).digest('hex');
  const abi = hasBundledNode ? 'own-node' : `abi-${process.versions.modules}`;
  return `${lock} ${process.platform}-${process.arch} ${abi}\n`;
}

async function runNpm(ended) {
  const stamp = wantedStamp();
  const wanted = packagesWanted();
  const startedMs = Date.now();
  const elapsed = () => `${Math.round((Date.now() - startedMs) / 1000)} s`;
  say(`installing ${wanted} packages (before the first run and after an update)`);
  rmSync(stampFile, { force: true });
  const npm = spawn('npm', NPM_ARGUMENTS, { cwd: root, env: environmentOfNpm(), stdio: ['ignore', 'pipe', 'pipe'] });
  nameInstaller(npm.pid);
  const output = [];
  npm.stdout.on('data', (piece) => output.push(piece));
  npm.stderr.on('data', (piece) => output.push(piece));
  const heartbeat = setInterval(
    () => say(`installing: ${elapsed()}, ${packagesPresent()} of ${wanted} packages present`),
    HEARTBEAT_MS,
  );
  // Asked kindly, npm goes on for half a minute; without a stamp the next start installs anew, so nothing is lost.
  const { code, signal } = await ended(npm, 'SIGKILL').finally(() => clearInterval(heartbeat));
  if (signal === 'SIGKILL') throw new Refusal('stopped while installing; the next start installs anew.');
  if (code !== 0) {
    throw new Refusal(
      `the packages could not be installed: npm ci ended with ${signal ?? `exit code ${code}`} after ${elapsed()}.\n` +
        `${lastLines(Buffer.concat(output).toString())}` +
        'Check the network and the registry (npm config get registry), then start again.',
    );
  }
  if (!holdsInstallLock()) throw new Refusal('another install ran into this one; start again.');
  writeFileSync(`${stampFile}.new`, stamp);
  renameSync(`${stampFile}.new`, stampFile);
  say(`installed in ${elapsed()}`);
}

function lastLines(output) {
  const lines = output.trimEnd().split('\n').slice(-SHOWN_LINES);
  return lines.map((line) => `  npm: ${line}\n`).join('');
}

/** npm must not run on the Node that it is about to delete. */
function environmentOfNpm() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(modules));
  return { ...process.env, PATH: folders.join(delimiter) };
}

function packagesWanted() {
  const { packages } = JSON.parse(readFileSync(lockfile, 'utf8'));
  const fits = (allowed, own) => !allowed || allowed.includes(own);
  return Object.entries(packages).filter(
    ([path, { os, cpu, libc }]) =>
      path.lastIndexOf('node_modules/') === 0 &&
      fits(os, process.platform) &&
      fits(cpu, process.arch) &&
      fits(libc, 'glibc'),
  ).length;
}

function packagesPresent() {
  return visible(modules).reduce(
    (sum, name) => sum + (name.startsWith('@') ? visible(join(modules, name)).length : 1),
    0,
  );
}

function visible(folder) {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}
