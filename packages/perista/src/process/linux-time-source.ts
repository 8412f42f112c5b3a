import { readFileSync } from 'node:fs';
import koffi from 'koffi';

/** `struct timex` of 64-bit Linux, with room to spare; all zero means: change nothing (adjtimex(2)). */
const TIMEX_BYTES = 256;
/** What adjtimex(2) returns while nobody disciplines the clock. */
const TIME_ERROR = 5;

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** What the kernel says of its clock: whether a time server keeps it, and since which start of the machine. */
export function linuxTimeSource(): { readonly bootId: string; isSynchronised(): boolean } {
  const adjtimex = koffi.load(null).func('int adjtimex(uint8_t *timex)');
  return {
    bootId: readFileSync(BOOT_ID, 'utf8').trim(),
    isSynchronised: () => {
      const state: unknown = adjtimex(new Uint8Array(TIMEX_BYTES));
      return typeof state === 'number' && state >= 0 && state !== TIME_ERROR;
    },
  };
}
