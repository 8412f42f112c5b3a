import { type Container, ContainerCondition } from '@perista/protocol/api';
import { type GaugeRow, oneOf } from './gauge-table.ts';
import { litersOf } from './liters.ts';

export const CONTAINER_GAUGES: readonly GaugeRow<Container>[] = [
  {
    name: 'perista_container_state',
    help: '1 for the condition that the container is in, 0 for the others',
    label: 'state',
    read: ({ state }) => oneOf(ContainerCondition.options, state),
  },
  {
    name: 'perista_container_level_liters',
    help: 'What the container holds, as booked',
    read: ({ level_ml }) => litersOf(level_ml),
  },
  {
    name: 'perista_container_capacity_liters',
    help: 'What the container holds when it is full',
    read: ({ capacity_ml }) => litersOf(capacity_ml),
  },
  {
    name: 'perista_container_empty_timestamp_seconds',
    help: 'When the container cannot give its next dose any more, by the plan or by recent use',
    read: ({ runs_out_at }) => (runs_out_at === null ? null : Date.parse(runs_out_at) / 1000),
  },
];
