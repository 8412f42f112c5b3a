import type { Cancel, Clock } from '@perista/core';
import type { DeviceCrowd, DeviceHappening } from '@perista/simulator/infusion-device';

/** A line that replaces itself on a terminal, and one now and then elsewhere, ms. */
const EVERY_MS = process.stdout.isTTY ? 1_000 : 10_000;
/** Of those that cannot connect, one reason now and then is enough. */
const REASONS_EVERY_MS = 5_000;

/** What a crowd does, in one line. */
export function watchCrowd(clock: Clock) {
  let cancel: Cancel = () => {};
  let reasonToldMs = Number.NEGATIVE_INFINITY;
  const { isTTY } = process.stdout;
  const say = (words: string) => void process.stdout.write(isTTY ? `\r\u001b[K${words}` : `${words}\n`);
  return {
    hear(deviceId: string, happening: DeviceHappening): void {
      if (happening.kind !== 'disconnected' || clock.monotonicMs() - reasonToldMs < REASONS_EVERY_MS) return;
      reasonToldMs = clock.monotonicMs();
      process.stderr.write(
        `${isTTY ? '\r\u001b[K' : ''}${deviceId}: no connection to the broker: ${happening.reason}\n`,
      );
    },
    start(crowd: DeviceCrowd): void {
      let [before, beforeMs] = [0, clock.monotonicMs()];
      const look = () => {
        const { connected, infusing, told, devices } = crowd;
        const [now, nowMs] = [told, clock.monotonicMs()];
        const rate = (now - before) / ((nowMs - beforeMs) / 1_000);
        [before, beforeMs] = [now, nowMs];
        say(
          `${connected} of ${devices.length} connected, ${infusing} infusing, ${rate.toFixed(0)} messages/s, ${told} told`,
        );
        cancel = clock.after(connected === devices.length ? EVERY_MS : Math.min(EVERY_MS, 1_000), look);
      };
      cancel = clock.after(1_000, look);
    },
    stop(): void {
      cancel();
      if (isTTY) process.stdout.write('\n');
    },
  };
}
