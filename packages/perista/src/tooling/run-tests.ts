import { provideDebianPackages } from './debian-packages.ts';
import { runStep } from './run-step.ts';

// `npm test`: unit and contract tests, then the end-to-end tests (vitest.config.ts keeps the order). Further arguments
// go to vitest: `npm test -- e2e/src/first-dose.test.ts`.
const say = (line: string) => process.stdout.write(`perista: ${line}\n`);

process.title = 'perista test';
process.channel?.unref();
provideDebianPackages(say);
say('unit and contract tests, then end-to-end tests');
const result = await runStep(
  { name: 'tests', tool: 'vitest/vitest.mjs', args: ['run', ...process.argv.slice(2)] },
  'inherit',
);
process.exit(result.passed ? 0 : 1);
