import { simulate } from '../commands/simulate.ts';

// `npm run test:long`: what takes longer than anybody waits for, one after the other.
const say = (line: string) => process.stdout.write(`perista: ${line}\n`);

process.title = 'perista test-long';
process.channel?.unref();
say('ten device-years among faults');
const campaign = await simulate(['--years', '10', '--jobs', '2', '--seed', '100000']);
say('every known defect');
const mutants = await simulate(['--mutants', '--years', '2', '--jobs', '2']);
process.exit(Math.max(campaign, mutants));
