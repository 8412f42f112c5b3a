import type { LifeResult } from './live.ts';
import type { Summary } from './result.ts';

/** The command that lives a life again. */
const replayCommand = ({ seed, days, faults }: Pick<LifeResult, 'seed' | 'days' | 'faults'>): string =>
  `npx perista simulate --replay ${seed} --days ${days} --faults ${faults.length === 0 ? 'none' : faults.join(',')}`;

/** A campaign in a few lines for a person. */
export function reportText(summary: Summary): string {
  const { lives, deviceYears, doses, strikes, violations, daysPerSecond } = summary;
  const ordered = Object.values(doses).reduce((sum, count) => sum + count, 0);
  return [
    `${deviceYears.toFixed(2)} device-years in ${lives} worlds, ${ordered} doses, ${violations.length} violations`,
    `${daysPerSecond.toFixed(1)} simulated days a second and core`,
    '',
    'ends of doses',
    ...table(doses),
    '',
    'faults and acts',
    ...table(strikes),
  ].join('\n');
}

/** A violation with its course and the way back to it. */
export function violationText(life: LifeResult, lines: number): string {
  const { violation, trace, seed, faults } = life;
  if (violation === null) return '';
  const { invariant, rule, atMs, what } = violation;
  return [
    `violation of ${invariant} in world ${seed}, ${(atMs / 1000).toFixed(3)} s from its beginning`,
    `  rule:   ${rule}`,
    `  what:   ${what}`,
    `  faults: ${faults.length === 0 ? 'none' : faults.join(', ')}`,
    `  again:  ${replayCommand(life)}`,
    ...trace.slice(-lines).map((line) => `  | ${line}`),
  ].join('\n');
}

function table(counts: Readonly<Record<string, number>>): string[] {
  const rows = Object.entries(counts).sort(([, one], [, other]) => other - one);
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, count]) => `  ${name.padEnd(width)}  ${count}`);
}
