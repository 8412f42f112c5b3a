import { codeOf, type SourceFile } from './source-tree.ts';

/** Packages whose logic is handed its ports. */
const PORTED = ['core', 'agent', 'controller', 'drivers'];

/** What logic must not take from its surroundings, because a simulator could not give it. */
const AMBIENT: Readonly<Record<string, RegExp>> = {
  'Date.now': /\bDate\.now\b/,
  'new Date()': /\bnew Date\(\s*\)/,
  'Math.random': /\bMath\.random\b/,
  'crypto.randomUUID': /\brandomUUID\b/,
  timers: /(?<![.\w])(setTimeout|setInterval|setImmediate)\s*\(/,
  performance: /(?<![.\w])performance\./,
  'process.env': /\bprocess\.(env|hrtime|argv|cwd)\b/,
};

/** Files that may, and why. */
export const EXEMPT: Readonly<Record<string, string>> = {
  'packages/core/src/ports/clock.ts': 'declares what a host must offer to make a Clock',
};

/** Tests and what only they use: those of adapters need the real thing. */
const TEST_CODE = /\.test\.ts$|\/fakes\/|-fixture\.ts$/;

/** Uses of ambient time, chance and settings in logic, as `file: what`. */
export function ambientUses(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ home, path }) => PORTED.includes(home) && !(path in EXEMPT) && !TEST_CODE.test(path))
    .flatMap(({ path, text }) => {
      const code = codeOf(text);
      return Object.entries(AMBIENT)
        .filter(([, pattern]) => pattern.test(code))
        .map(([what]) => `${path}: ${what}`);
    });
}
