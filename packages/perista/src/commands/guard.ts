import { hostClock, isPeristaError } from '@perista/core';
import { guardRelays, openRelayLines, openRelayLinesToTurnOff } from '@perista/drivers';
import { EXIT } from '../process/exit-codes.ts';
import { processLog } from '../process/process-log.ts';
import { stopRequest } from '../process/stop-request.ts';
import { standardPipe } from '../relays/standard-pipe.ts';

const USAGE = 'usage: perista guard <address> [off]';

/**
 * `perista guard <address>`: holds the relay lines for the agent and lets none stay on. `perista guard <address> off` turns
 * all off and ends, for a stop hook. It reads no settings, so that it is there at once.
 */
export async function guard(args: readonly string[]): Promise<number> {
  process.title = 'perista guard';
  const [address, word, ...more] = args;
  if (address === undefined || (word !== undefined && word !== 'off') || more.length > 0) {
    process.stderr.write(`perista: ${USAGE}\n`);
    return EXIT.wrongSettings;
  }
  const log = processLog('guard', 'info');
  try {
    const clock = hostClock(globalThis);
    if (word === 'off') {
      const lines = await openRelayLinesToTurnOff(address, clock)();
      await lines.close();
      return EXIT.ok;
    }
    const openLines = async () => openRelayLines(address, clock)();
    const end = await guardRelays({ clock, openLines, pipe: standardPipe(), stopAsked: stopRequest() });
    if (end.kind === 'ended') log.info({ reason: end.why }, 'all relays are off');
    return end.kind === 'ended' ? EXIT.ok : EXIT.failed;
  } catch (thrown) {
    if (!isPeristaError(thrown)) throw thrown;
    log.error({ code: thrown.code }, thrown.message);
    return EXIT.failed;
  }
}
