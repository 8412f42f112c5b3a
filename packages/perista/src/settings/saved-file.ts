import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PeristaError } from '@perista/core';
import { SavedSettings, type SettingName, sectionsWith, settingsIn } from '@perista/protocol/settings';
import { errnoOf } from '../process/errno.ts';
import type { Mistake } from './mistake.ts';
import type { SourceValues } from './text-source.ts';

/** What was saved while the unit ran. */
export const savedFileIn = (dataDir: string): string => join(dataDir, 'settings.json');

/** Its values, or all its mistakes. A value is not repeated: it may be a secret. */
export function readSavedFile(file: string, text: string): SourceValues {
  const wrong = (key: string, rule: string): Mistake => ({ key, rule, origin: file });
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return { values: {}, mistakes: [wrong('The file', 'is not valid JSON; without it nothing counts as saved')] };
  }
  const parsed = SavedSettings.safeParse(read);
  if (parsed.success) return { values: settingsIn(parsed.data), mistakes: [] };
  const mistakes = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => wrong([...issue.path, key].join('.'), 'is not a setting that can be saved'))
      : [wrong(issue.path.join('.') || 'The file', issue.message)],
  );
  return { values: {}, mistakes };
}

/**
 * Replaces the file as a whole: whoever reads it sees the old one or the new one.
 * @throws PeristaError E303 if it cannot be written
 */
export function writeSavedFile(dataDir: string, settings: Partial<Record<SettingName, unknown>>): void {
  const file = savedFileIn(dataDir);
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(sectionsWith(settings), null, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  } catch (cause) {
    throw new PeristaError('E303', `${file} cannot be written (${errnoOf(cause)}); nothing was saved`, {
      cause,
      details: { file },
    });
  }
}
