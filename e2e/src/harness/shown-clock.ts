import { globSync } from 'node:fs';
import type { Environment } from './processes.ts';

/** Debian's libfaketime, for any processor. */
const LIBRARY = '/usr/lib/*/faketime/libfaketimeMT.so.1';

/**
 * The environment of processes whose calendar shows `wallMs` now and goes on from there. Monotonic time, timers and times of
 * files stay those of the machine.
 */
export function clockShowing(wallMs: number): Environment {
  const [library] = globSync(LIBRARY);
  if (library === undefined) throw new Error('no libfaketime found; install it: apt-get install faketime');
  const offsetS = ((wallMs - Date.now()) / 1000).toFixed(3);
  return {
    LD_PRELOAD: library,
    FAKETIME: offsetS.startsWith('-') ? `${offsetS}s` : `+${offsetS}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_DISABLE_SHM: '1',
    NO_FAKE_STAT: '1',
  };
}
