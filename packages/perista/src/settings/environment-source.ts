import { SETTINGS, type SettingName } from '@perista/protocol/settings';
import type { Mistake } from './mistake.ts';
import { hintFor } from './nearest-name.ts';
import { readTexts, type SourceValues } from './text-source.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `PERISTA_…` variables. An empty one counts as not set, as Compose and systemd write it. */
export function readEnvironment(environment: Environment): SourceValues & { readonly warnings: readonly string[] } {
  const texts: Partial<Record<SettingName, string>> = {};
  for (const [name, { env }] of Object.entries(SETTINGS) as [SettingName, { env: string }][]) {
    const text = environment[env];
    if (text !== undefined && text !== '') texts[name] = text;
  }
  const other = hiveMq(environment);
  const mistakes = (Object.keys(other) as SettingName[])
    .filter((name) => texts[name] !== undefined && texts[name] !== other[name])
    .map((name): Mistake => ({ key: SETTINGS[name].env, rule: CLASH, origin: 'environment' }));
  const read = readTexts({ ...other, ...texts }, ({ env }) => env, 'environment');
  return { ...read, mistakes: [...read.mistakes, ...mistakes], warnings: strayVariables(environment) };
}

const CLASH = 'must not differ from what HIVEMQ_… says; leave one of them out';
const HIVEMQ_PORT = '8883';

/** The names under which other programs know the broker of HiveMQ's cloud. */
function hiveMq(environment: Environment): Partial<Record<SettingName, string>> {
  const word = (name: string) => environment[`HIVEMQ_${name}`] || undefined;
  const host = word('HOST');
  if (host === undefined) return {};
  const [username, password] = [word('USERNAME'), word('PASSWORD')];
  return {
    mqttUrl: `mqtts://${host}:${word('PORT') ?? HIVEMQ_PORT}`,
    ...(username !== undefined && { mqttUsername: username }),
    ...(password !== undefined && { mqttPassword: password }),
  };
}

function strayVariables(environment: Environment): string[] {
  const known = Object.values(SETTINGS).map(({ env }): string => env);
  return Object.keys(environment)
    .filter((name) => name.startsWith('PERISTA_') && !known.includes(name))
    .map((name) => `${name} is not a setting of Perista${hintFor(name, known)}; it is ignored`);
}
