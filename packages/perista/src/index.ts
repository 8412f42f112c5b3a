export { emulatedPumps } from './hardware/emulated-pumps.ts';
export { guardStarter } from './relays/start-guard.ts';
export { version } from './version.ts';
