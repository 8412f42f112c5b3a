import { join } from 'node:path';
import { FileJournalStorage, startAgent, zmqRouterFrames } from '@perista/agent';
import { inputSource } from '../hardware/inputs.ts';
import { lineOpener } from '../hardware/lines.ts';
import { relayUnitChips } from '../hardware/relay-unit-chips.ts';
import { relayOpener } from '../hardware/relays.ts';
import { agentEndpoint } from '../process/runtime-folder.ts';
import { runUnitProcess } from '../process/unit-process.ts';

/** `perista agent`: all that moves liquid, and nothing else. */
export const agent = (args: readonly string[]): Promise<number> =>
  runUnitProcess('agent', args, ({ settings, clock, random, log, version, onBug }) => {
    const openRelays = relayOpener(settings, { clock, log });
    const inputs = inputSource(settings, { clock, log });
    return startAgent({
      clock,
      random,
      log,
      version,
      storage: new FileJournalStorage(join(settings.dataDir, 'agent')),
      openLine: lineOpener(settings),
      ...(openRelays === undefined ? {} : { openRelays }),
      ...(inputs === undefined ? {} : { inputs }),
      ...relayUnitChips(settings, clock),
      openFrames: () => zmqRouterFrames(agentEndpoint(settings.dataDir), log),
      onBroken: onBug,
    });
  });
