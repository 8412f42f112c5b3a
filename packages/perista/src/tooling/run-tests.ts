import { spawnSync } from 'node:child_process';
import { provideWeb } from '../web/provide-web.ts';
import { root, runStep } from './run-step.ts';

// `npm test`: unit and contract tests, then the end-to-end tests (vitest.config.ts keeps the order). Further arguments
// go to vitest: `npm test -- e2e/src/first-dose.test.ts`.
const say = (line: string) => process.stdout.write(`perista: ${line}\n`);

process.title = 'perista test';
process.channel?.unref();
provideSocat();
const web = await provideWeb(say);
if (web.kind === 'failed') {
  say(`the GUI could not be built:\n${web.output}`);
  process.exit(1);
}
say('unit and contract tests, then end-to-end tests');
const result = await runStep(
  { name: 'tests', tool: 'vitest/vitest.mjs', args: ['run', ...process.argv.slice(2)] },
  'inherit',
);
process.exit(result.passed ? 0 : 1);

/** Serial ports are tested on pseudo terminals that socat makes. */
function provideSocat(): void {
  if (succeeds('socat', ['-V'])) return;
  if (process.getuid?.() === 0 && succeeds('apt-get', ['--version'])) {
    say('installing socat (apt-get), which the tests of serial ports need');
    if (apt('install', '-y', 'socat') || (apt('update') && apt('install', '-y', 'socat'))) return;
  }
  say('socat is missing, so tests of serial ports will fail; install it: apt-get install socat, or brew install socat');
}

function apt(...args: string[]): boolean {
  return succeeds('apt-get', ['-qq', ...args], { DEBIAN_FRONTEND: 'noninteractive' });
}

function succeeds(command: string, args: readonly string[], env: Record<string, string> = {}): boolean {
  return spawnSync(command, args, { cwd: root, stdio: 'ignore', env: { ...process.env, ...env } }).status === 0;
}
