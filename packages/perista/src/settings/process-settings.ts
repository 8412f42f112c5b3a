import { readFileSync } from 'node:fs';
import { errnoOf } from '../process/errno.ts';
import { describeMistake } from './mistake.ts';
import { loadSettings, type Settings } from './settings-loader.ts';

/** Settings of this process, from `args`, environment and working folder; undefined after all mistakes were told. */
export function settingsOrTellMistakes(
  args: readonly string[],
  withoutSecrets = false,
): { settings: Settings; warnings: readonly string[] } | undefined {
  const loaded = loadSettings({
    args,
    env: process.env,
    cwd: process.cwd(),
    readFile: readFileIfThere,
    withoutSecrets,
  });
  if (loaded.kind === 'loaded') return loaded;
  const count = loaded.mistakes.length;
  const heading = `perista: ${count === 1 ? 'a setting is' : `${count} settings are`} wrong (E306); nothing was started`;
  process.stderr.write(
    `${[heading, ...loaded.mistakes.map((mistake) => `  ${describeMistake(mistake)}`)].join('\n')}\n`,
  );
  return undefined;
}

function readFileIfThere(path: string): string | undefined | { error: string } {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    const error = errnoOf(thrown);
    return error === 'ENOENT' || error === 'ENOTDIR' ? undefined : { error };
  }
}
