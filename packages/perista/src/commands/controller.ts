import { join } from 'node:path';
import { argon2Hasher, NodeSqliteStore, nodeEventLoopLag, startController, zmqDealerFrames } from '@perista/controller';
import { firstPumps } from '../hardware/first-pumps.ts';
import { agentEndpoint } from '../process/runtime-folder.ts';
import { runUnitProcess } from '../process/unit-process.ts';
import { builtWeb } from '../web/web-folder.ts';

/** `perista controller`: ledger, API and web. */
export const controller = (args: readonly string[]): Promise<number> =>
  runUnitProcess('controller', args, async ({ settings, clock, random, log, version }) => {
    const { dataDir, adminPassword } = settings;
    const endpoint = agentEndpoint(dataDir);
    const running = await startController({
      clock,
      random,
      log,
      store: new NodeSqliteStore(join(dataDir, 'perista.sqlite')),
      openFrames: () => zmqDealerFrames(endpoint, log),
      hasher: argon2Hasher(),
      eventLoopLag: nodeEventLoopLag(),
      http: { host: settings.httpHost, port: settings.httpPort },
      version,
      firstPumps: await firstPumps(settings),
      emulated: settings.hardware === 'emulated',
      webFolder: builtWeb,
      site: { timezone: settings.timezone, doserId: settings.doserId },
      ...(adminPassword === undefined ? {} : { adminPassword }),
    });
    return { address: running.url, stop: () => running.stop() };
  });
