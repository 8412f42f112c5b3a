import { z } from 'zod';
import { SETTING_SOURCES } from '../settings/layers.ts';

/** A value for people: null where there is none, and of every secret. */
const SettingValue = z
  .strictObject({
    value: z.union([z.string(), z.number()]).nullable().meta({ description: 'null if not set, and of every secret' }),
    is_set: z.boolean(),
    source: z.enum(SETTING_SOURCES).meta({ description: 'Which place says so; `file` is `perista.yaml`' }),
  })
  .meta({ id: 'SettingValue' });
export type SettingValue = z.infer<typeof SettingValue>;

/** A setting that can be changed while the unit runs. */
export const Setting = z
  .strictObject({
    key: z.string().meta({ description: 'Section and key as in `perista.yaml`', example: 'site.timezone' }),
    kind: z.enum(['text', 'number', 'choice', 'zone', 'secret']),
    choices: z.array(z.string()).meta({ description: 'Of kind `choice`: what it may be' }),
    help: z.string(),
    now: SettingValue.meta({ description: 'What the unit goes by' }),
    needs_restart: z.boolean().meta({ description: 'Something else was saved; it applies after a restart' }),
    next: SettingValue.meta({ description: 'What it will go by after a restart' }),
    unsaved: SettingValue.meta({ description: 'What would hold if nothing were saved' }),
    fixed_by: z
      .string()
      .nullable()
      .meta({ description: 'Variable or option that says so and cannot be overruled here; null if there is none' }),
  })
  .meta({ id: 'Setting' });
export type Setting = z.infer<typeof Setting>;

/** `GET /api/settings` */
export const Settings = z
  .strictObject({
    items: z.array(Setting),
    needs_restart: z.boolean(),
    can_restart: z.boolean().meta({ description: 'Whether `POST /api/restart` brings it back by itself' }),
  })
  .meta({ id: 'Settings' });
export type Settings = z.infer<typeof Settings>;

/** `POST /api/restart` */
export const Restarting = z
  .strictObject({ restarting: z.literal(true) })
  .meta({ id: 'Restarting', description: 'It is away for a moment' });
