import { SETTINGS, type SettingName, VARIABLES_WITHOUT_EFFECT } from '@perista/protocol/settings';
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
  return { ...readTexts(texts, ({ env }) => env, 'environment'), warnings: strayVariables(environment) };
}

function strayVariables(environment: Environment): string[] {
  const known = Object.values(SETTINGS).map(({ env }): string => env);
  const withoutEffect: readonly string[] = VARIABLES_WITHOUT_EFFECT;
  return Object.keys(environment)
    .filter((name) => name.startsWith('PERISTA_') && !known.includes(name))
    .map((name) =>
      withoutEffect.includes(name)
        ? `${name} has no effect: this version has no such feature`
        : `${name} is not a setting of Perista${hintFor(name, [...known, ...withoutEffect])}; it is ignored`,
    );
}
