import { NAMES } from './saved-settings.ts';
import { SETTINGS, type SettingEntry, type SettingName } from './setting-table.ts';

/** Where the value of a setting may come from; each beats those before it. */
export const SETTING_SOURCES = ['default', 'file', 'saved', 'environment', 'command_line'] as const;
export type SettingSource = (typeof SETTING_SOURCES)[number];

/** What each place says, by setting; `file` is `perista.yaml`. */
export type SettingLayers = Readonly<
  Record<Exclude<SettingSource, 'default'>, Readonly<Partial<Record<SettingName, unknown>>>>
>;

export interface SettledSetting {
  /** undefined: it is not set. */
  readonly value: unknown;
  readonly source: SettingSource;
}

/** What holds of a setting, and which place said it. */
export function settled(name: SettingName, layers: SettingLayers): SettledSetting {
  const entry: SettingEntry = SETTINGS[name];
  const places = { ...layers, default: { [name]: entry.default } };
  const source = SETTING_SOURCES.findLast((each) => places[each][name] !== undefined) ?? 'default';
  return { value: places[source][name], source };
}

/** What holds of all settings; one that is not set is missing. */
export function settledValues(layers: SettingLayers): Partial<Record<SettingName, unknown>> {
  const all = NAMES.map((name) => [name, settled(name, layers).value] as const);
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

export interface Contradiction {
  readonly name: SettingName;
  readonly rule: string;
}

/** Settings that each keep their rule and do not fit together. */
export function contradictions({
  remoteLogUrl,
  remoteLogToken,
}: Partial<Record<SettingName, unknown>>): Contradiction[] {
  if (remoteLogUrl === undefined || remoteLogToken !== undefined) return [];
  return [{ name: 'remoteLogToken', rule: 'must be set when there is an address of a remote log' }];
}
