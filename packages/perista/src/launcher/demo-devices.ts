import type { Clock, Log } from '@perista/core';
import type { StartChild } from './child-process.ts';
import { SupervisedProcess } from './supervised-process.ts';

/** What proves to others who the unit is. Devices only come to its broker. */
const SECRET = /(PASSWORD|TOKEN)$/;
const OF_BROKER = /^(PERISTA_MQTT|HIVEMQ)_PASSWORD$/;

/** Emulated remote devices beside a unit: it neither waits for them nor stops with them. */
export function demoDevicesProcess(
  { args, env }: { args: readonly string[]; env: Readonly<Record<string, string | undefined>> },
  ports: { startChild: StartChild; clock: Clock; log: Log },
): SupervisedProcess {
  const given = Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET.test(name) || OF_BROKER.test(name)));
  return new SupervisedProcess('demo-devices', () => ({ args: ['demo-devices', ...args], env: given }), ports);
}
