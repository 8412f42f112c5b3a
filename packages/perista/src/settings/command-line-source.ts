import { parseArgs } from 'node:util';
import { SETTINGS, type SettingEntry, type SettingName } from '@perista/protocol/settings';
import type { Mistake } from './mistake.ts';
import { hintFor } from './nearest-name.ts';
import { readTexts, type SourceValues } from './text-source.ts';

const ORIGIN = 'command line';

/** `--option value` or `--option=value`; `--config` names the settings file. */
export function readCommandLine(args: readonly string[]): SourceValues & { readonly config: string | undefined } {
  const names = new Map<string, SettingName>();
  for (const [name, { flag }] of Object.entries(SETTINGS) as [SettingName, SettingEntry][]) {
    if (flag !== undefined) names.set(flag, name);
  }
  const options = Object.fromEntries([...names.keys(), 'config'].map((flag) => [flag, { type: 'string' as const }]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });

  const texts: Partial<Record<SettingName, string>> = {};
  const mistakes: Mistake[] = [];
  let config: string | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      mistakes.push({ key: JSON.stringify(token.value), rule: 'is not expected here', origin: ORIGIN });
    } else if (token.kind === 'option') {
      const setting = names.get(token.name);
      if (setting === undefined && token.name !== 'config') {
        const hint = hintFor(token.name, [...names.keys(), 'config']);
        mistakes.push({ key: token.rawName, rule: `is not an option${hint}`, origin: ORIGIN });
      } else if (token.value === undefined) {
        mistakes.push({ key: token.rawName, rule: 'needs a value', origin: ORIGIN });
      } else if (setting === undefined) config = token.value;
      else texts[setting] = token.value;
    }
  }
  const read = readTexts(texts, ({ flag }) => `--${flag}`, ORIGIN);
  return { values: read.values, mistakes: [...mistakes, ...read.mistakes], config };
}
