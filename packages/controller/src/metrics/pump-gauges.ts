import { type Pump, PumpStateName } from '@perista/protocol/api';
import { type GaugeRow, oneOf } from './gauge-table.ts';
import { litersOf } from './liters.ts';

export const PUMP_GAUGES: readonly GaugeRow<Pump>[] = [
  {
    name: 'perista_pump_state',
    help: '1 for the state that the pump is in, 0 for the others',
    label: 'state',
    read: ({ state }) => oneOf(PumpStateName.options, state),
  },
  {
    name: 'perista_pump_container_info',
    help: 'Always 1; from which container the pump draws',
    label: 'container',
    read: ({ container }) => [[container.id, 1]],
  },
  {
    name: 'perista_cap_remaining_liters',
    help: 'What the cap over a rolling hour, day or week leaves now',
    label: 'window',
    read: ({ remaining_ml }) => Object.entries(remaining_ml).map(([name, ml]) => [name, litersOf(ml)]),
  },
  {
    name: 'perista_open_doses',
    help: 'Doses that run or wait',
    read: ({ queued, current_dose }) => queued + (current_dose === null ? 0 : 1),
  },
];
