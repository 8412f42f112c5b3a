import { runStep, type Step, type StepResult, seconds } from './run-step.ts';

// `npm run check`: all that a change must pass before it is shown to anybody, in about a minute.
const TYPED = ['core', 'protocol', 'drivers', 'agent', 'controller', 'web', 'simulator', 'perista'].map(
  (name) => `packages/${name}`,
);
const PROJECTS = [...TYPED, 'packages/core/tsconfig.test.json', 'e2e', 'bench'];
const AT_ONCE = 2;

/** The longest first, so that the rest fits beside it. */
const STEPS: readonly Step[] = [
  { name: 'unit tests', tool: 'vitest/vitest.mjs', args: ['run', '--project', 'unit', '--reporter=dot'] },
  { name: 'biome', tool: '@biomejs/biome/bin/biome', args: ['check', '--error-on-warnings', '.'] },
  { name: 'knip', tool: 'knip/bin/knip.js', args: ['--no-progress'] },
  ...PROJECTS.map((project) => ({
    name: `types of ${project}`,
    tool: '@typescript/native/bin/tsc',
    args: ['--pretty', 'false', '-p', project],
  })),
];

const line = ({ name, passed, durationMs }: StepResult) =>
  `  ${passed ? 'ok    ' : 'FAILED'}  ${seconds(durationMs).padStart(7)}  ${name}\n`;

process.title = 'perista check';
process.channel?.unref();
const startedMs = performance.now();
const waiting = [...STEPS];
const results: StepResult[] = [];
await Promise.all(Array.from({ length: AT_ONCE }, work));

const failed = results.filter(({ passed }) => !passed);
for (const { name, output } of failed) process.stdout.write(`\n---- ${name} ----\n${output.trimEnd()}\n`);
const took = seconds(performance.now() - startedMs);
const names = failed.map(({ name }) => name).join(', ');
process.stdout.write(failed.length === 0 ? `\nall checks passed in ${took}\n` : `\nfailed in ${took}: ${names}\n`);
process.exit(failed.length === 0 ? 0 : 1);

async function work(): Promise<void> {
  for (let step = waiting.shift(); step; step = waiting.shift()) {
    const result = await runStep(step, 'pipe');
    results.push(result);
    process.stdout.write(line(result));
  }
}
