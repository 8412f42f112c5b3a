import { type Arrival, isConnection, type MqttBroker } from '@perista/controller';
import type { Life } from '../world/life.ts';

/** The broker as one run of a process has it: with the process its connections are lost. `onArrival` hears what comes in just before. */
export function fencedBroker(broker: MqttBroker, life: Life, onArrival: (arrival: Arrival) => void): MqttBroker {
  return {
    address: broker.address,
    dial: (dial) =>
      life.act(async () => {
        const dialled = await broker.dial({
          ...dial,
          onArrival: (arrival) =>
            life.hear(() => {
              onArrival(arrival);
              dial.onArrival(arrival);
            }),
          onLost: (failure) => life.hear(() => dial.onLost(failure)),
        });
        if (!isConnection(dialled)) return dialled;
        if (life.isOver) dialled.drop();
        life.onEnd(() => dialled.drop());
        return {
          publish: (publication) => life.act(() => dialled.publish(publication)),
          close: () => life.act(() => dialled.close()),
          drop: () => life.tell(() => dialled.drop(), undefined),
        };
      }),
  };
}
