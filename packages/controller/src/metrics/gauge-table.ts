import { Gauge, type Registry } from 'prom-client';

type Samples = readonly (readonly [label: string, value: number])[];

/** A gauge with one sample, or with several, for each of the things it tells of. */
export interface GaugeRow<Thing> {
  readonly name: string;
  readonly help: string;
  /** Second label, for gauges with several samples a thing. */
  readonly label?: string;
  /** Null where there is nothing to tell. */
  readonly read: (thing: Thing) => Samples | number | null;
}

/** 1 for the one of `names` that it is, 0 for the others. */
export const oneOf = (names: readonly string[], it: string): Samples =>
  names.map((name) => [name, Number(name === it)]);

/** Registers gauges of things that are told apart by `idLabel`; the function that is returned sets them all anew. */
export function gaugeTable<Thing extends { readonly id: string }>(
  registry: Registry,
  idLabel: string,
  rows: readonly GaugeRow<Thing>[],
): (things: readonly Thing[]) => void {
  const gauges = rows.map(({ name, help, label, read }) => {
    const labelNames = label === undefined ? [idLabel] : [idLabel, label];
    return { label, read, gauge: new Gauge({ name, help, labelNames, registers: [registry] }) };
  });
  return (things) => {
    for (const { label, read, gauge } of gauges) {
      // Of what was removed nothing is told any more.
      gauge.reset();
      for (const thing of things) {
        const value = read(thing);
        if (value === null) continue;
        if (typeof value === 'number') gauge.set({ [idLabel]: thing.id }, value);
        else for (const [name, each] of value) gauge.set({ [idLabel]: thing.id, [label ?? '']: name }, each);
      }
    }
  };
}
