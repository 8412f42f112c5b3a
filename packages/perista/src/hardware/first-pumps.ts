import type { FirstPump } from '@perista/controller';
import { channelsOf, type PumpSettings } from '@perista/protocol/settings';
import type { Settings } from '../settings/settings-loader.ts';
import { relayPump } from './relay-pump.ts';

/** Pumps that a unit has before anybody added or changed one. Real units never load the emulation. */
export async function firstPumps({ hardware, pumps, relayUnit }: Settings): Promise<FirstPump[]> {
  if (hardware === 'real') {
    const relays = relayUnit === undefined ? [] : channelsOf(relayUnit).map(relayPump);
    return [...pumps.map(realPump), ...relays];
  }
  const { emulatedPumps } = await import('./emulated-pumps.ts');
  return emulatedPumps();
}

/** Without a calibration: nobody knows yet what its hose gives. */
function realPump({ id, name, mutex_group, limits, max_rate_ml_min, ...rest }: PumpSettings): FirstPump {
  const {
    line,
    address,
    microstep,
    steps_per_rev,
    dialect,
    invert,
    max_rpm,
    min_dose_ml,
    container_ml,
    polls_while_moving,
  } = rest;
  return {
    id,
    hardware: {
      kind: 'servo42c',
      line,
      address,
      microstep,
      steps_per_rev,
      invert,
      dialect,
      polls_while_moving,
      max_rpm,
    },
    limits,
    max_rate_ml_min,
    ...(name === undefined ? {} : { name }),
    ...(mutex_group === undefined ? {} : { mutex_group }),
    ...(min_dose_ml === undefined ? {} : { min_dose_ml }),
    ...(container_ml === undefined ? {} : { container_ml }),
    calibrationRuns: [],
  };
}
