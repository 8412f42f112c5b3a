import { join } from 'node:path';
import { type Clock, isPeristaError, type Log } from '@perista/core';
import {
  DEFAULT_EMULATED_PUMPS,
  DEFAULT_EMULATED_RELAYS,
  type EmulatedHardware,
  startEmulatedHardware,
} from '@perista/simulator';
import { readEmulatorFile, writeEmulatorFile } from '../hardware/emulator-file.ts';
import { framFile } from '../hardware/fram.ts';
import { waitForLock } from '../process/folder-lock.ts';
import { type ProcessPorts, runUnitProcess } from '../process/unit-process.ts';

/** Emulated motors run on until the agent has brought its pumps to rest, but not for ever. */
const AGENT_LIMIT_MS = 6_000;

/** `perista emulate`: motors, heads and liquid that do not exist, as a process that answers bytes. */
export const emulate = (args: readonly string[]): Promise<number> =>
  runUnitProcess('emulate', args, async (ports) => {
    const { dataDir } = ports.settings;
    const hardware = await startOnFormerPorts(ports);
    writeEmulatorFile(dataDir, { pid: process.pid, port: hardware.windowPort, lines: hardware.lines });
    return {
      address: `http://127.0.0.1:${hardware.windowPort}`,
      async stop() {
        await agentIsGone(join(dataDir, 'agent.lock'), ports);
        await hardware.restAndClose();
      },
    };
  });

/** Whoever knows the lines of the life before finds them again; a port that was taken meanwhile is replaced. */
async function startOnFormerPorts({ settings, clock, random, log }: ProcessPorts): Promise<EmulatedHardware> {
  const former = readEmulatorFile(settings.dataDir);
  const start = (windowPort: number, linePorts: Record<string, number>) =>
    startEmulatedHardware({
      clock,
      random,
      log,
      pumps: DEFAULT_EMULATED_PUMPS,
      relayPumps: DEFAULT_EMULATED_RELAYS,
      windowPort,
      linePorts,
      stateFile: join(settings.dataDir, 'emulator-state.json'),
      framFile: framFile(settings.dataDir),
    });
  if (former === undefined) return start(settings.emulatorPort, {});
  const linePorts = Object.fromEntries(
    Object.entries(former.lines).map(([line, address]) => [line, Number(new URL(address).port)]),
  );
  try {
    return await start(settings.emulatorPort || former.port, linePorts);
  } catch (thrown) {
    if (!isPeristaError(thrown, 'E305')) throw thrown;
    log.warn({ reason: thrown.message }, 'a port of the last run is taken; others are chosen');
    return start(settings.emulatorPort, {});
  }
}

async function agentIsGone(lockFile: string, { clock, log }: { clock: Clock; log: Log }): Promise<void> {
  try {
    (await waitForLock(lockFile, { clock, limitMs: AGENT_LIMIT_MS })).release();
  } catch (err) {
    log.warn({ err }, 'the agent is still there; the emulated motors stop by themselves');
  }
}
