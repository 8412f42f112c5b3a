export { emulatedPumps } from './hardware/emulated-pumps.ts';
export { version } from './version.ts';
