import { mqttJsBroker } from '@perista/controller/mqtt';
import { hostClock, hostRandom, isPeristaError } from '@perista/core';
import { AutomaticDevice, fileDeviceMemory, InfusionDevice } from '@perista/simulator/infusion-device';
import { actOnTyped } from '../devices/device-console.ts';
import { DEVICE_HELP, type DeviceOrder, readDeviceOrder } from '../devices/device-order.ts';
import { DeviceScreen } from '../devices/device-screen.ts';
import { EXIT } from '../process/exit-codes.ts';
import { stopRequest } from '../process/stop-request.ts';
import { settingsOrTellMistakes } from '../settings/process-settings.ts';

/** `perista device`: one emulated infusion device with a person at its keys. */
export async function device(args: readonly string[]): Promise<number> {
  process.title = 'perista device';
  const stop = stopRequest();
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(DEVICE_HELP);
    return EXIT.ok;
  }
  const loaded = settingsOrTellMistakes([]);
  if (loaded === undefined) return EXIT.wrongSettings;
  const order = readDeviceOrder(args, loaded.settings);
  if (typeof order === 'string') {
    process.stderr.write(`perista: ${order}; see perista device --help\n`);
    return EXIT.wrongSettings;
  }
  try {
    return await run(order, stop);
  } catch (thrown) {
    if (!isPeristaError(thrown)) throw thrown;
    process.stderr.write(`perista: ${thrown.message} (${thrown.code})\n`);
    return EXIT.failed;
  }
}

async function run(order: DeviceOrder, stop: Promise<string>): Promise<number> {
  const { id, access, isAutomatic, habits, dialect, periodMs, stateFile, isVerbose } = order;
  const screen = new DeviceScreen(id, { isVerbose });
  const ports = {
    clock: hostClock(globalThis),
    random: hostRandom(globalThis.crypto),
    broker: mqttJsBroker(access),
  };
  const onHappening = screen.show.bind(screen);
  const options = { id, memory: fileDeviceMemory(stateFile), dialect, periodMs, habits, onHappening };
  const whole = isAutomatic ? new AutomaticDevice(ports, options) : new InfusionDevice(ports, options);
  const beside = whole instanceof AutomaticDevice ? whole.device : whole;
  screen.say(`${id} at ${access.url}; "help" lists what you can do`);
  whole.start();
  const typed = screen.read((line) => {
    const words = actOnTyped(beside, line);
    if (words) screen.say(words);
    return words !== null;
  });
  const isEnough = typed.then((reason) => (isAutomatic && reason === 'end' ? stop : reason));
  await Promise.race([stop, isEnough]);
  screen.close();
  await whole.stop();
  process.stdout.write(`${id} is switched off\n`);
  return EXIT.ok;
}
