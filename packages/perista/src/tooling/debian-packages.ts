import { spawnSync } from 'node:child_process';

/** A program that tests run and npm cannot bring. */
interface DebianPackage {
  readonly name: string;
  /** Succeeds where it is installed. */
  readonly probe: readonly [command: string, ...args: string[]];
  /** What cannot be tested without it. */
  readonly neededFor: string;
}

const NEEDED: readonly DebianPackage[] = [
  { name: 'socat', probe: ['socat', '-V'], neededFor: 'the tests of serial ports' },
  { name: 'chromium', probe: ['chromium', '--version'], neededFor: 'the tests of the screens' },
  { name: 'strace', probe: ['strace', '-V'], neededFor: 'the kills at each write, fsync and send' },
  { name: 'prometheus', probe: ['prometheus', '--version'], neededFor: 'the tests of metrics and rules' },
  {
    name: 'prometheus-alertmanager',
    probe: ['prometheus-alertmanager', '--version'],
    neededFor: 'the tests of alerts',
  },
  { name: 'mosquitto', probe: ['test', '-x', '/usr/sbin/mosquitto'], neededFor: 'the tests of MQTT' },
  { name: 'mosquitto-clients', probe: ['test', '-x', '/usr/bin/mosquitto_rr'], neededFor: 'the tests of MQTT' },
  { name: 'openssl', probe: ['openssl', 'version'], neededFor: 'the tests of MQTT' },
  { name: 'faketime', probe: ['faketime', '--version'], neededFor: 'the tests of doses by the calendar' },
];

/** Installs what is missing, where this process may; else says what will fail and how to get it. */
export function provideDebianPackages(say: (line: string) => void): void {
  const missing = NEEDED.filter(({ probe }) => !succeeds(...probe));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  if (process.getuid?.() === 0 && succeeds('apt-get', '--version')) {
    say(`installing ${names.join(', ')} (apt-get)`);
    if (apt('install', '-y', ...names) || (apt('update') && apt('install', '-y', ...names))) return;
  }
  for (const { name, neededFor } of missing) {
    say(`${name} is missing, so ${neededFor} will fail; install it as root: apt-get install ${name}`);
  }
}

function apt(...args: string[]): boolean {
  return succeeds('env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args);
}

function succeeds(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
