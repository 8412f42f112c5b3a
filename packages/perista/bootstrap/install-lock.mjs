// One install at a time. The lock is a file that appears whole (by link) and names the processes that install.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal, root, say } from './place.mjs';

const POLL_MS = 500;
const lockFile = join(root, '.perista-install.lock');
const mine = `${lockFile}.${process.pid}`;

/** Waits as long as another process installs; a lock whose processes are dead is taken over. */
export async function takeInstallLock() {
  for (let told = false; !link(); ) {
    const owners = read();
    if (owners !== '' && !owners.split(' ').some(isInstalling)) {
      removeLockOf(owners);
      continue;
    }
    if (!told) say(`another process is installing (pid ${owners}); waiting for it`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** npm may outlive this process; while it runs, nobody else may install. */
export function nameInstaller(npmPid) {
  writeFileSync(mine, `${process.pid} ${npmPid ?? process.pid}\n`);
  renameSync(mine, lockFile);
}

export function holdsInstallLock() {
  return read().split(' ')[0] === String(process.pid);
}

export function releaseInstallLock() {
  if (holdsInstallLock()) rmSync(lockFile, { force: true });
}

function link() {
  try {
    writeFileSync(mine, `${process.pid}\n`);
    linkSync(mine, lockFile);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new Refusal(`cannot write in ${root} (${error.code}), so the packages cannot be installed there.`);
  } finally {
    rmSync(mine, { force: true });
  }
}

function read() {
  try {
    return readFileSync(lockFile, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Several may find the same dead owners: whoever moved the file puts it back if it was another's by then. */
function removeLockOf(owners) {
  const aside = `${mine}.dead`;
  try {
    renameSync(lockFile, aside);
    if (readFileSync(aside, 'utf8').trim() !== owners) linkSync(aside, lockFile);
  } catch {
    // Another waiter was faster; the loop looks again.
  }
  rmSync(aside, { force: true });
}

function isInstalling(pid) {
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return /npm|perista/.test(commandLineOf(pid));
}

/** Tells a living installer from a stranger that was given its number. */
function commandLineOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return 'npm: no /proc on this system';
  }
}
