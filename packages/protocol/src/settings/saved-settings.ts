import { z } from 'zod';
import { SETTINGS, type SettingEntry, type SettingName } from './setting-table.ts';

export const NAMES = Object.keys(SETTINGS) as SettingName[];

/** Settings that can be saved while the unit runs, each with its place. */
export const SAVABLE: readonly { readonly name: SettingName; readonly section: string; readonly key: string }[] =
  NAMES.flatMap((name) => {
    const { saved }: SettingEntry = SETTINGS[name];
    return saved === undefined ? [] : [{ name, section: saved[0], key: saved[1] }];
  });

/** By section and key, as in `perista.yaml`. */
export type SettingSections = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** An object with an optional key for each setting that can be saved, by its rule. */
function sectionsOf(ruleOf: (rule: z.ZodType) => z.ZodType): z.ZodType<SettingSections> {
  const sections = Map.groupBy(SAVABLE, ({ section }) => section);
  const shapeOf = (settings: typeof SAVABLE) =>
    Object.fromEntries(settings.map(({ name, key }) => [key, ruleOf(SETTINGS[name].rule).optional()]));
  return z.strictObject(
    Object.fromEntries([...sections].map(([name, of]) => [name, z.strictObject(shapeOf(of)).optional()])),
  ) as unknown as z.ZodType<SettingSections>;
}

/** `settings.json` in the data folder: what was saved while the unit ran. */
export const SavedSettings = sectionsOf((rule) => rule);

/** Only what shall change; null forgets what was saved. */
export const SettingsPatch = sectionsOf((rule) => rule.nullable()).meta({
  id: 'SettingsPatch',
  description: 'Only what shall change, as in `perista.yaml`; null forgets what was saved',
});

/** The same by the names of settings, without what is not there. */
export function settingsIn(sections: SettingSections): Partial<Record<SettingName, unknown>> {
  return Object.fromEntries(
    SAVABLE.flatMap(({ name, section, key }) => {
      const value = sections[section]?.[key];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The other way round: as it is written. */
export function sectionsWith(settings: Partial<Record<SettingName, unknown>>): SettingSections {
  const sections: Record<string, Record<string, unknown>> = {};
  for (const { name, section, key } of SAVABLE) {
    if (settings[name] !== undefined) sections[section] = { ...sections[section], [key]: settings[name] };
  }
  return sections;
}
