import type { Pump } from '@perista/protocol/api';

const LOW = 0.15;
const NEARLY_EMPTY = 0.05;

/** How full the container is booked to be, 0 to 1. */
export const levelOf = ({ container }: Pick<Pump, 'container'>): number =>
  container.capacity_ml > 0 ? container.level_ml / container.capacity_ml : 0;

export const toneOfLevel = (level: number) => (level < NEARLY_EMPTY ? 'danger' : level < LOW ? 'warn' : 'liquid');
