import { SETTINGS, type SettingEntry, type SettingName } from '@perista/protocol/settings';
import type { Mistake } from './mistake.ts';

/** Settings that one source gives, each kept to its rule. */
export interface SourceValues {
  readonly values: Partial<Record<SettingName, unknown>>;
  readonly mistakes: readonly Mistake[];
}

/** Checks texts from environment or command line; `keyOf` names a setting as the person wrote it. */
export function readTexts(
  texts: Partial<Record<SettingName, string>>,
  keyOf: (entry: SettingEntry) => string,
  origin: string,
): SourceValues {
  const values: Partial<Record<SettingName, unknown>> = {};
  const mistakes: Mistake[] = [];
  for (const [name, text] of Object.entries(texts) as [SettingName, string][]) {
    const entry: SettingEntry = SETTINGS[name];
    const parsed = entry.rule.safeParse(entry.numeric ? numberOf(text) : text);
    if (parsed.success) values[name] = parsed.data;
    else {
      const rule = parsed.error.issues[0]?.message ?? 'is wrong';
      mistakes.push({ key: keyOf(entry), rule, origin, ...(entry.secret ? {} : { value: text }) });
    }
  }
  return { values, mistakes };
}

/** Only plain digits are a number here; anything else stays text, so that the rule refuses it. */
function numberOf(text: string): number | string {
  return /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : text;
}
