import { join } from 'node:path';
import { type Clock, hostClock, isPeristaError } from '@perista/core';
import { unitBrokerUrl } from '../devices/broker-options.ts';
import { awaitHealth, isReady } from '../launcher/await-health.ts';
import { startChild } from '../launcher/child-process.ts';
import { demoDevicesProcess } from '../launcher/demo-devices.ts';
import { Unit, type UnitAddresses } from '../launcher/unit.ts';
import { isBrokerEmbedded } from '../mqtt/broker-choice.ts';
import { compileCache } from '../process/compile-cache.ts';
import { prepareDataFolder } from '../process/data-folder.ts';
import { EXIT } from '../process/exit-codes.ts';
import { type FolderLock, lockedError, tryLock } from '../process/folder-lock.ts';
import { processLog } from '../process/process-log.ts';
import { stopRequest } from '../process/stop-request.ts';
import { settingsOrTellMistakes } from '../settings/process-settings.ts';
import type { Settings } from '../settings/settings-loader.ts';
import { version } from '../version.ts';
import { provideWeb } from '../web/provide-web.ts';

/** A unit that is not healthy by then is announced with the reasons. */
const HEALTH_LIMIT_MS = 15_000;
/** Emulated devices that do not leave by themselves in this time are ended. */
const DEMO_STOP_LIMIT_MS = 5_000;

const say = (line: string) => void process.stdout.write(`perista: ${line}\n`);

/** `perista start`: the whole unit, until it is told to stop. */
export async function start(args: readonly string[]): Promise<number> {
  process.title = 'perista start';
  process.stdout.on('error', () => {});
  let stopAsked = false;
  const stop = stopRequest().then((reason) => {
    stopAsked = true;
    return reason;
  });
  const loaded = settingsOrTellMistakes(args);
  if (loaded === undefined) return EXIT.wrongSettings;
  const { settings, warnings } = loaded;
  for (const warning of warnings) say(`note: ${warning}`);

  const lock = takeDataFolder(settings.dataDir);
  if (lock === undefined) return EXIT.failed;
  // Pumps come to rest and the API answers while the screens are still being built.
  const screens = provideWeb(say);
  const clock = hostClock(globalThis);
  const log = processLog('start', settings.logLevel);
  // A process that died is back in half the time if it need not compile its sources again.
  const env = { NODE_COMPILE_CACHE: compileCache(settings.dataDir, version), ...process.env };
  const hasBroker = () => isBrokerEmbedded(settingsOrTellMistakes(args)?.settings ?? settings);
  const plan = { hardware: settings.hardware, hasBroker, args, env };
  const unit = new Unit(plan, { startChild, clock, log, say });
  const started = await Promise.race([unit.start(), stop.then(() => undefined)]);
  if (started?.kind === 'failed') {
    process.stderr.write(`perista: ${started.sentence}\n`);
    await unit.stop();
    return EXIT.failed;
  }
  if (started) {
    const built = await Promise.race([screens, stop.then(() => undefined)]);
    if (built?.kind === 'failed') say(`note: the screens could not be built, only the API is served:\n${built.output}`);
    await announce(started.addresses, settings, clock, () => stopAsked);
  }
  const demo = demoDevicesProcess({ args, env }, { startChild, clock, log });
  if (settings.demoDevices > 0 && !stopAsked) {
    say(`${settings.demoDevices} emulated devices come to ${unitBrokerUrl(settings)}`);
    void demo.start();
  }
  const reason = await stop;
  say(`stopping (${reason}): pumps come to rest`);
  await Promise.all([unit.stop(), demo.stop(DEMO_STOP_LIMIT_MS)]);
  say('stopped');
  lock.release();
  return EXIT.ok;
}

/** One Perista per data folder. Tells why not, and gives undefined. */
function takeDataFolder(dataDir: string): FolderLock | undefined {
  try {
    const file = join(prepareDataFolder(dataDir), 'perista.lock');
    const lock = tryLock(file);
    if (lock === undefined) throw lockedError(file);
    return lock;
  } catch (thrown) {
    if (!isPeristaError(thrown)) throw thrown;
    process.stderr.write(`perista: ${thrown.message} (${thrown.code})\n`);
    return undefined;
  }
}

async function announce(
  { controller, emulator }: UnitAddresses,
  { dataDir, hardware }: Settings,
  clock: Clock,
  isOver: () => boolean,
): Promise<void> {
  const health = await awaitHealth(controller, { clock, limitMs: HEALTH_LIMIT_MS, isOver });
  if (isOver()) return;
  if (health !== undefined && isReady(health)) {
    say(`ready at ${controller}`);
    for (const reason of health.reasons) say(`note: ${reason}`);
  } else say(`running at ${controller}, but not healthy: ${health?.reasons.join('; ') ?? 'it does not answer'}`);
  const kind = hardware === 'emulated' ? `emulated hardware (its truth: ${emulator}/truth)` : 'real hardware';
  say(`${kind}, data in ${dataDir}; Ctrl-C stops`);
}
