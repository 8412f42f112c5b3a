import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { measure, midwaySpeeds, p95, SPEEDS_RPM, shareWithin, VOLUMES_ML } from './measure.ts';
import { METHODS, measuredSpeeds } from './methods.ts';
import { plotSvg } from './plot.ts';
import { table } from './table.ts';

// How well a pump doses after a calibration at many speeds, after one at a single speed, and after none.
const SEEDS = 20;
const LARGE_ML = 5;
const PLOT = join(import.meta.dirname, '..', '..', 'docs', 'images', 'calibration-accuracy.svg');

const plotPath = process.argv[2] ?? PLOT;
const all = measure({ seeds: SEEDS, volumesMl: VOLUMES_ML, speedsRpm: SPEEDS_RPM });
const large = all.filter(({ volumeMl }) => volumeMl >= LARGE_ML);
const midway = measure({
  seeds: SEEDS,
  volumesMl: VOLUMES_ML.filter((volumeMl) => volumeMl >= LARGE_ML),
  speedsRpm: midwaySpeeds(),
});
const rounded = (values: readonly number[]) => values.map((value) => value.toFixed(1)).join(', ');

process.stdout.write(`
95th percentile of the volume error, ${SEEDS} emulated heads of 0.18 ml a turn with ripple, slip, wear and a drop on the outlet.
Measured at ${rounded(measuredSpeeds())} rpm, three runs each.

${table(large, 'rpm', 'rpm')}
            (doses of ${LARGE_ML} ml and more)

${table(all, 'volumeMl', 'ml')}
            (all speeds)

${table(midway, 'rpm', 'rpm')}
            (midway between the measured speeds, doses of ${LARGE_ML} ml and more)

`);
for (const method of METHODS) {
  const own = midway.filter((outcome) => outcome.method === method);
  process.stdout.write(`midway ${method.padEnd(14)} ${p95(own).toFixed(2)} %\n`);
}
const stated = midway.filter(({ method }) => method === 'multi-point');
process.stdout.write(
  `within the stated error: ${(shareWithin(stated) * 100).toFixed(1)} % of ${stated.length} doses\n`,
);
writeFileSync(
  plotPath,
  plotSvg([
    {
      title: `By speed, doses of ${LARGE_ML} ml and more`,
      axis: 'speed of the shaft, rpm',
      key: 'rpm',
      outcomes: large,
    },
    { title: 'By volume, all speeds', axis: 'volume, ml', key: 'volumeMl', outcomes: all },
  ]),
);
process.stdout.write(`plot: ${relative(process.cwd(), plotPath)}\n`);
