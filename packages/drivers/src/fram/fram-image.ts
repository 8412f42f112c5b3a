import { FramCell } from './fram-cell.ts';
import { claimHeader } from './fram-header.ts';
import { FRAM_MAP, type FramSlot } from './fram-map.ts';
import type { FramStorage } from './fram-storage.ts';

/**
 * The memory of a dosing unit, record by record.
 * @throws PeristaError E308 if another system's image or one of another version is there.
 */
export async function openFramImage(storage: FramStorage) {
  await claimHeader(storage);
  const cell = <T>(slot: FramSlot<T>) => new FramCell(storage, slot);
  return {
    system: cell(FRAM_MAP.system),
    channels: FRAM_MAP.channels.map(cell),
    dailyVolumes: FRAM_MAP.dailyVolumes.map(cell),
    mark: cell(FRAM_MAP.mark),
  };
}
