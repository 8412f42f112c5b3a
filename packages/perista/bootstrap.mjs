#!/usr/bin/env node
// Runs before anything is installed, perhaps on Node 20: plain JavaScript without dependencies.
// Installs what is missing, finds Node 24 and runs Perista with it. It passes signals on, leaves with the product's exit
// code, and stops when npm, which started it, is gone.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { install } from './bootstrap/install.mjs';
import { hasBundledNode, Refusal, root, say } from './bootstrap/place.mjs';

const OLDEST_NODE = 24;
const PARENT_POLL_MS = 300;
/** Commands for those who work on Perista; all others are the product's own. */
const TOOLS = { test: 'tooling/run-tests.ts', check: 'tooling/run-checks.ts' };

const bundledNode = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');

/** Ends the process that is waited for now, npm or the product. */
let endChild;
/** Set by the first signal. */
let stopSignal;

process.title = `perista-bootstrap ${process.argv.slice(2, 3).join('')}`;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => stop(signal));
process.on('disconnect', () => stop('SIGTERM'));
watchNpm();

try {
  refuseOldNode();
  await install(ended);
  process.exitCode = exitCodeOf(await ended(spawnPerista(findNode(), process.argv.slice(2))));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  say(error.message);
  process.exitCode = stopSignal ? exitCodeOf({ signal: stopSignal }) : 1;
}
process.exit();

/** The channel lets the product notice the end of this process, however it comes. */
function spawnPerista(node, [command = 'help', ...args]) {
  const source = join(root, 'packages', 'perista', 'src');
  const entry = TOOLS[command] ? [join(source, TOOLS[command])] : [join(source, 'main.ts'), command];
  return spawn(node, ['--disable-warning=ExperimentalWarning', ...entry, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
}

/** Waits for a process that was just spawned; meanwhile a signal to us is one for it, or what `endWith` says. */
function ended(started, endWith) {
  endChild = (signal) => started.kill(endWith ?? signal);
  if (stopSignal) endChild(stopSignal);
  return new Promise((resolve, reject) => {
    started.on('error', (error) => reject(new Refusal(`cannot run ${started.spawnfile}: ${error.message}`)));
    started.on('exit', (code, signal) => {
      endChild = undefined;
      resolve({ code, signal });
    });
  });
}

/** Signals come two or three times, from npm and from the terminal; one is enough, and a late one could cut an exit short. */
function stop(signal) {
  if (stopSignal) return;
  stopSignal = signal;
  if (endChild) endChild(signal);
  else process.exit(exitCodeOf({ signal }));
}

/** Killed by SIGKILL, npm cannot pass anything on; then the product must not live on unseen. */
function watchNpm() {
  if (!process.env.npm_command) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    stop('SIGTERM');
  }, PARENT_POLL_MS);
  timer.unref();
}

function exitCodeOf({ code, signal }) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

function refuseOldNode() {
  if (hasBundledNode || isNewEnough()) return;
  throw new Refusal(
    `needs Node ${OLDEST_NODE} or newer and runs on ${process.version}. For ${process.platform}-${process.arch} no Node ` +
      `comes along: install Node ${OLDEST_NODE} from https://nodejs.org and start again.`,
  );
}

function findNode() {
  if (existsSync(bundledNode)) return bundledNode;
  if (isNewEnough()) return process.execPath;
  throw new Refusal(
    `needs Node ${OLDEST_NODE} or newer and runs on ${process.version}; the package that brings it, ` +
      `node-${process.platform}-${process.arch}, is not there. Install Node ${OLDEST_NODE} from https://nodejs.org and start again.`,
  );
}

function isNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= OLDEST_NODE;
}
