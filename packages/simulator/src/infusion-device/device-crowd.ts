import type { MqttBroker } from '@perista/controller/mqtt';
import { type Clock, type Random, sleep } from '@perista/core';
import type { Dialect } from '@perista/protocol/fleet';
import { AutomaticDevice } from './automatic-device.ts';
import { forgotten, volatileMemory } from './device-memory.ts';
import type { Habits } from './habits.ts';
import type { DeviceHappening, InfusionDevice } from './infusion-device.ts';

const DIGITS = 4;
/** What each gives where all shall run: for a day. */
const LONG_INFUSION = {
  ...{ flowRateMlMin: 1, plannedTimeMin: 1_440, plannedVolumeMl: 1_440 },
  bolus: { enabled: false, volumeMl: 0 },
};
/** Brokers take connections one after another; a crowd that comes at once is turned away, ms between two. */
const ARRIVALS_EVERY_MS = 4;

export interface CrowdOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly broker: MqttBroker;
  readonly count: number;
  /** In front of 0001, 0002 and so on. */
  readonly prefix?: string;
  readonly rateHz?: number;
  /** All of them run from the beginning, begun at the device itself. */
  readonly isInfusing?: boolean;
  readonly dialect?: Dialect;
  readonly habits?: Habits;
  readonly keptSamples?: number;
  readonly onHappening?: (deviceId: string, happening: DeviceHappening) => void;
}

/** Many automatic devices of one process. */
export interface DeviceCrowd {
  readonly devices: readonly InfusionDevice[];
  readonly connected: number;
  readonly infusing: number;
  /** Told since the start, all devices together. */
  readonly told: number;
  stop(): Promise<void>;
}

export const crowdId = (prefix: string, number: number): string => `${prefix}${String(number).padStart(DIGITS, '0')}`;

/** Starts `count` devices, one after another; they come to the broker and stay until they are stopped. */
export function startDeviceCrowd(options: CrowdOptions): DeviceCrowd {
  const { clock, random, broker, count, prefix = 'PUMP_', rateHz = 1, isInfusing = false, onHappening } = options;
  const { dialect, habits, keptSamples } = options;
  let told = 0;
  let isStopped = false;
  const crowd = Array.from({ length: count }, (_, index) => {
    const id = crowdId(prefix, index + 1);
    return new AutomaticDevice(
      { clock, random, broker },
      {
        id,
        // Nothing is kept between two crowds, but the later one has started more often.
        memory: volatileMemory(forgotten(Math.floor(clock.wallMs() / 1_000))),
        periodMs: 1_000 / rateHz,
        ...(dialect !== undefined && { dialect }),
        ...(habits !== undefined && { habits }),
        ...(keptSamples !== undefined && { keptSamples }),
        onHappening(happening) {
          if (happening.kind === 'told') told++;
          onHappening?.(id, happening);
        },
      },
    );
  });
  const arrive = async () => {
    for (const each of crowd) {
      if (isStopped) return;
      each.start();
      if (isInfusing) each.device.press({ action: 'begin', parameters: LONG_INFUSION });
      await sleep(clock, ARRIVALS_EVERY_MS);
    }
  };
  const arriving = arrive();
  const devices = crowd.map(({ device }) => device);
  const countOf = (is: (device: InfusionDevice) => boolean) => devices.filter(is).length;
  return {
    devices,
    get connected() {
      return countOf(({ isConnected }) => isConnected);
    },
    get infusing() {
      return countOf(({ state }) => state.run?.sinceMs != null);
    },
    get told() {
      return told;
    },
    async stop() {
      isStopped = true;
      await arriving;
      await Promise.all(crowd.map((each) => each.stop()));
    },
  };
}
