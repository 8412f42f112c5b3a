import { PeristaError } from '@perista/core';
import { openSerialLine, type SerialLine } from '@perista/drivers';
import type { Settings } from '../settings/settings-loader.ts';
import { readEmulatorFile } from './emulator-file.ts';

/** Baud rate that the emulated boards keep wire time for. */
const EMULATED_BAUD = 38_400;

/** How the agent opens the serial lines of this unit, by line id. */
export function lineOpener(settings: Settings): (lineId: string) => SerialLine | undefined {
  return settings.hardware === 'emulated' ? emulatedLines(settings.dataDir) : realLines(settings);
}

/** The address is looked up at each opening: emulated hardware that was started again may have moved. */
function emulatedLines(dataDir: string): (lineId: string) => SerialLine {
  return (lineId) => ({
    baud: EMULATED_BAUD,
    async open() {
      const address = readEmulatorFile(dataDir)?.lines[lineId];
      if (address === undefined) throw new PeristaError('E106', `The emulated hardware has no line ${lineId} (yet)`);
      return openSerialLine(address, { baud: EMULATED_BAUD })();
    },
  });
}

function realLines({ lines }: Settings): (lineId: string) => SerialLine | undefined {
  return (lineId) => {
    const line = lines.find(({ id }) => id === lineId);
    return line && { open: openSerialLine(line.path, { baud: line.baud }), baud: line.baud };
  };
}
