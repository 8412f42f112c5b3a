import { accessSync, constants, mkdirSync, realpathSync } from 'node:fs';
import { PeristaError } from '@perista/core';
import { errnoOf } from './errno.ts';

/**
 * Makes the data folder, for its owner only, and gives its real path.
 * @throws PeristaError E303 if it is not there and cannot be made, or is not writable.
 */
export function prepareDataFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return realpathSync(folder);
  } catch (cause) {
    throw new PeristaError(
      'E303',
      `The data folder ${folder} cannot be written (${errnoOf(cause)}); name another one with PERISTA_DATA_DIR or change its owner`,
      { cause, details: { folder } },
    );
  }
}
