import type { PumpDriver } from '@perista/drivers';
import type { PumpSetup } from './pump-setup.ts';

/** Makes the driver of a pump; nothing is sent to the board before `makeSafe`. @throws PeristaError E106, E306 */
export type CreateDriver = (setup: PumpSetup) => PumpDriver;
