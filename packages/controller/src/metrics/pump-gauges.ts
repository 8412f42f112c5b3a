import { type Pump, PumpStateName } from '@perista/protocol/api';
import { Gauge, type Registry } from 'prom-client';
import { litresOf } from './litres.ts';

type Samples = readonly (readonly [label: string, value: number])[];

interface PumpGauge {
  readonly name: string;
  readonly help: string;
  /** Second label beside `pump`, for gauges with several samples a pump. */
  readonly label?: string;
  readonly read: (pump: Pump) => Samples | number;
}

const GAUGES: readonly PumpGauge[] = [
  {
    name: 'perista_pump_state',
    help: '1 for the state that the pump is in, 0 for the others',
    label: 'state',
    read: ({ state }) => PumpStateName.options.map((name) => [name, Number(name === state)]),
  },
  {
    name: 'perista_cap_remaining_litres',
    help: 'What the cap over a rolling hour, day or week leaves now',
    label: 'window',
    read: ({ remaining_ml }) => Object.entries(remaining_ml).map(([name, ml]) => [name, litresOf(ml)]),
  },
  {
    name: 'perista_open_doses',
    help: 'Doses that run or wait',
    read: ({ queued, current_dose }) => queued + (current_dose === null ? 0 : 1),
  },
  {
    name: 'perista_container_level_litres',
    help: 'What the container holds, as booked',
    read: ({ container }) => litresOf(container.level_ml),
  },
  {
    name: 'perista_container_capacity_litres',
    help: 'What the container holds when it is full',
    read: ({ container }) => litresOf(container.capacity_ml),
  },
];

/** Registers the gauges of pumps; the function that is returned sets them all anew. */
export function pumpGauges(registry: Registry): (pumps: readonly Pump[]) => void {
  const gauges = GAUGES.map(({ name, help, label, read }) => {
    const labelNames = label === undefined ? ['pump'] : ['pump', label];
    return { label, read, gauge: new Gauge({ name, help, labelNames, registers: [registry] }) };
  });
  return (pumps) => {
    for (const { label, read, gauge } of gauges) {
      // A pump that was removed has no state any more.
      gauge.reset();
      for (const pump of pumps) {
        const value = read(pump);
        if (typeof value === 'number') gauge.set({ pump: pump.id }, value);
        else for (const [name, each] of value) gauge.set({ pump: pump.id, [label ?? '']: name }, each);
      }
    }
  };
}
