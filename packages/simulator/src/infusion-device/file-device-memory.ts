import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PeristaError } from '@perista/core';
import { DeviceKept, type DeviceMemory } from './device-memory.ts';

/** {@link DeviceMemory} in a file. @throws PeristaError E303 where it cannot be read or written. */
export function fileDeviceMemory(path: string): DeviceMemory {
  return {
    load: () =>
      atDoor(path, 'read', () => {
        try {
          return DeviceKept.parse(JSON.parse(readFileSync(path, 'utf8')));
        } catch (thrown) {
          if (codeOf(thrown) === 'ENOENT') return null;
          throw thrown;
        }
      }),
    save: (kept) =>
      atDoor(path, 'written', () => {
        mkdirSync(dirname(path), { recursive: true });
        // Replaced as a whole, so that a reader never meets half of it.
        const fresh = `${path}.new`;
        writeFileSync(fresh, JSON.stringify(kept));
        renameSync(fresh, path);
      }),
  };
}

function atDoor<T>(path: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const why = codeOf(cause) ?? 'it is not what a device writes; remove it, and the device is new';
    throw new PeristaError('E303', `The memory of the device, ${path}, cannot be ${what}: ${why}`, { cause });
  }
}

const codeOf = (thrown: unknown): unknown => (thrown instanceof Error && 'code' in thrown ? thrown.code : undefined);
