import type { Setting, SettingValue } from '@perista/protocol/api';
import { TimeZone } from '@perista/protocol/api';
import {
  SETTINGS,
  type SettingEntry,
  type SettingLayers,
  type SettingName,
  type SettledSetting,
  settled,
} from '@perista/protocol/settings';
import { z } from 'zod';

/** A setting for people; `saved` is what is saved by now. */
export function settingView(
  { name, section, key }: { readonly name: SettingName; readonly section: string; readonly key: string },
  layers: SettingLayers,
  saved: SettingLayers['saved'],
): Setting {
  const entry: SettingEntry = SETTINGS[name];
  const show = (of: SettledSetting) => shown(entry, of);
  const [now, next] = [settled(name, layers), settled(name, { ...layers, saved })];
  return {
    key: `${section}.${key}`,
    kind: kindOf(entry),
    choices: entry.rule instanceof z.ZodEnum ? entry.rule.options.map(String) : [],
    help: entry.help,
    now: show(now),
    needs_restart: now.value !== next.value,
    next: show(next),
    unsaved: show(settled(name, { ...layers, saved: {} })),
    fixed_by: fixedBy(name, layers),
  };
}

/** The variable or option that overrules whatever is saved. */
export function fixedBy(name: SettingName, { environment, command_line }: SettingLayers): string | null {
  const { env, flag }: SettingEntry = SETTINGS[name];
  if (command_line[name] !== undefined) return `--${flag}`;
  return environment[name] === undefined ? null : env;
}

function shown({ secret }: SettingEntry, { value, source }: SettledSetting): SettingValue {
  const isTold = !secret && (typeof value === 'string' || typeof value === 'number');
  return { value: isTold ? value : null, is_set: value !== undefined, source };
}

function kindOf({ secret, numeric, rule }: SettingEntry): Setting['kind'] {
  if (secret) return 'secret';
  if (numeric) return 'number';
  if (rule === TimeZone) return 'zone';
  return rule instanceof z.ZodEnum ? 'choice' : 'text';
}
