import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { type Clock, hostClock, hostRandom, isPeristaError, type Log, type Random, withDeadline } from '@perista/core';
import { settingsOrTellMistakes } from '../settings/process-settings.ts';
import type { Settings } from '../settings/settings-loader.ts';
import { version } from '../version.ts';
import { prepareDataFolder } from './data-folder.ts';
import { EXIT } from './exit-codes.ts';
import { waitForLock } from './folder-lock.ts';
import { tell } from './news.ts';
import { processLog } from './process-log.ts';
import { stopRequest } from './stop-request.ts';

/** What was killed with the launcher a moment ago may still bring its pumps to rest. */
const LOCK_LIMIT_MS = 10_000;
/** A process that cannot stop in this time ends all the same. */
const STOP_LIMIT_MS = 9_000;

/** Ports of a real process; logic gets its time, chance and log from here. */
export interface ProcessPorts {
  /** `dataDir` is there and writable. */
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly version: string;
  /** For an invariant that was found broken: the process stops and ends as one with a bug. */
  readonly onBug: (bug: unknown) => void;
  /** Ends it so that the launcher starts it again; null where there is no launcher. */
  readonly restart: (() => void) | null;
}

export interface RunningPart {
  /** Where others find it, if anywhere. */
  readonly address?: string;
  stop(): Promise<void>;
}

/**
 * Life of one process of the product: settings, lock, start, news to the launcher, wait for the request to stop, stop.
 * A bug of ours (an error that nobody caught) stops it cleanly too, so that pumps rest. Resolves to its exit code.
 */
export async function runUnitProcess(
  name: string,
  args: readonly string[],
  start: (ports: ProcessPorts) => Promise<RunningPart>,
): Promise<number> {
  process.title = `perista ${name}`;
  const asked = stopRequest().then((reason) => ({ reason, code: EXIT.ok }));
  const loaded = settingsOrTellMistakes(args, name !== 'controller');
  if (loaded === undefined) {
    await tell({ kind: 'failed', code: 'E306', message: 'settings are wrong' });
    return EXIT.wrongSettings;
  }
  const log = processLog(name, loaded.settings.logLevel);
  const bug = bugWatch(log);
  const again = Promise.withResolvers<{ reason: string; code: number }>();
  const clock = hostClock(globalThis);
  let running: RunningPart;
  try {
    const dataDir = prepareDataFolder(loaded.settings.dataDir);
    const onWait = (owner: number | undefined) => log.warn({ owner }, `waiting for the former ${name} to end`);
    const lock = waitForLock(join(dataDir, `${name}.lock`), { clock, limitMs: LOCK_LIMIT_MS, onWait });
    if ((await Promise.race([lock, asked.then(() => 'stop' as const)])) === 'stop') return EXIT.ok;
    running = await start({
      settings: { ...loaded.settings, dataDir },
      clock,
      random: hostRandom(globalThis.crypto),
      log,
      version,
      onBug: bug.report,
      restart: process.connected ? () => again.resolve({ reason: 'it is started again', code: EXIT.again }) : null,
    });
  } catch (thrown) {
    return failToStart(name, log, thrown);
  }
  const { address } = running;
  log.info({ address }, `${name} is ready`);
  // A process that is killed cannot leave this to its successor at its end.
  flushCompileCache();
  await tell({ kind: 'ready', ...(address === undefined ? {} : { address }) });
  const { reason, code } = await Promise.race([asked, bug.found, again.promise]);
  log.info({ reason }, `${name} stops`);
  return (await stopCleanly(running, clock, log)) ? code : EXIT.failed;
}

/** Errors that nobody caught, and what is reported. */
function bugWatch(log: Log): { found: Promise<{ reason: string; code: number }>; report: (bug: unknown) => void } {
  const { promise, resolve } = Promise.withResolvers<{ reason: string; code: number }>();
  const report = (bug: unknown) => {
    log.error({ err: bug }, 'a bug of Perista; the process makes its pumps safe and ends');
    resolve({ reason: 'bug', code: EXIT.bug });
  };
  process.on('uncaughtException', report);
  return { found: promise, report };
}

async function failToStart(name: string, log: Log, thrown: unknown): Promise<number> {
  const known = isPeristaError(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (known) log.error({ code: thrown.code, ...thrown.details }, message);
  else log.error({ err: thrown }, `${name} cannot start`);
  await tell({ kind: 'failed', code: known ? thrown.code : null, message });
  return EXIT.failed;
}

async function stopCleanly(running: RunningPart, clock: Clock, log: Log): Promise<boolean> {
  try {
    await withDeadline(clock, STOP_LIMIT_MS, running.stop(), () => new Error(`not stopped in ${STOP_LIMIT_MS} ms`));
    return true;
  } catch (err) {
    log.error({ err }, 'could not stop cleanly');
    return false;
  }
}
