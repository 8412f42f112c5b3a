import { provideWeb } from '../web/provide-web.ts';
import { provideDebianPackages } from './debian-packages.ts';
import { runStep } from './run-step.ts';

// `npm test`: unit and contract tests, then the end-to-end tests (vitest.config.ts keeps the order), then campaigns.
// `npm run test:long` makes campaigns and random walks longer; `-- --full` makes them as long as they can be. Further
// arguments go to vitest: `npm test -- e2e/src/first-dose.test.ts`.
const CAMPAIGNS: Readonly<Record<string, string>> = { '--long': 'long', '--full': 'full' };

const say = (line: string) => process.stdout.write(`perista: ${line}\n`);

process.title = 'perista test';
process.channel?.unref();
const args = process.argv.slice(2);
const campaign = args.flatMap((arg) => CAMPAIGNS[arg] ?? []).at(-1);
if (campaign !== undefined) process.env.PERISTA_CAMPAIGN = campaign;
provideDebianPackages(say);
const web = await provideWeb(say);
if (web.kind === 'failed') {
  say(`the screens could not be built:\n${web.output}`);
  process.exit(1);
}
say(`unit and contract tests, then end-to-end tests, then ${campaign ?? 'short'} campaigns`);
const result = await runStep(
  { name: 'tests', tool: 'vitest/vitest.mjs', args: ['run', ...args.filter((arg) => !(arg in CAMPAIGNS))] },
  'inherit',
);
process.exit(result.passed ? 0 : 1);
