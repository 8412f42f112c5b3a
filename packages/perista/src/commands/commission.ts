import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hostClock, isPeristaError } from '@perista/core';
import { openSerialLine } from '@perista/drivers';
import { keepCommissioned } from '../commission/commissioned-file.ts';
import { commissionDialogue } from '../commission/dialogue.ts';
import { NobodyThere, type Terminal } from '../commission/question.ts';
import { yamlAdvice } from '../commission/yaml-advice.ts';
import { prepareDataFolder } from '../process/data-folder.ts';
import { EXIT } from '../process/exit-codes.ts';
import { lockedError, tryLock } from '../process/folder-lock.ts';
import { processLog } from '../process/process-log.ts';
import { stopRequest } from '../process/stop-request.ts';
import { settingsOrTellMistakes } from '../settings/process-settings.ts';

const say = (words: string) => void process.stdout.write(`${words}\n`);

/** `perista commission`: takes a motor board into use together with a person. The agent must not run meanwhile. */
export async function commission(args: readonly string[]): Promise<number> {
  process.title = 'perista commission';
  const stop = stopRequest();
  const loaded = settingsOrTellMistakes(args);
  if (loaded === undefined) return EXIT.wrongSettings;
  const clock = hostClock(globalThis);
  let stopBoard = () => Promise.resolve();
  try {
    const dataDir = prepareDataFolder(loaded.settings.dataDir);
    const lockFile = join(dataDir, 'agent.lock');
    if (tryLock(lockFile) === undefined) throw lockedError(lockFile);
    const talk = commissionDialogue({
      terminal: terminal(),
      clock,
      log: processLog('commission', 'warn'),
      openLine: (path, baud) => openSerialLine(path, { baud }),
      onLine: (stopNow) => {
        stopBoard = stopNow;
      },
    });
    const outcome = await Promise.race([talk, stop]);
    if (typeof outcome === 'string') {
      await stopBoard();
      say('\nStopped; the motor was told to stop.');
      return EXIT.failed;
    }
    if (outcome === undefined) {
      say('Nothing was done.');
      return EXIT.ok;
    }
    const { place, result } = outcome;
    say(`\nDone; kept in ${keepCommissioned(dataDir, clock.wallMs(), place, result)}. For perista.yaml:\n`);
    say(`${yamlAdvice(place, result)}\n`);
    return EXIT.ok;
  } catch (thrown) {
    if (!isPeristaError(thrown) && !(thrown instanceof NobodyThere)) throw thrown;
    await stopBoard().catch(() => {});
    process.stderr.write(`perista: ${thrown.message}${'code' in thrown ? ` (${thrown.code})` : ''}\n`);
    return EXIT.failed;
  }
}

/** Lines of stdin; it may also be a pipe. */
function terminal(): Terminal {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  return {
    tell: say,
    async ask(words) {
      process.stdout.write(words);
      const line = await lines.next();
      if (line.done) throw new NobodyThere('nobody answers any more; the motor was told to stop');
      return line.value;
    },
  };
}
