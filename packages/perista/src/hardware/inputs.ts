import { type Clock, INPUT_NAMES, type Log, PeristaError } from '@perista/core';
import { type GpioInput, type InputSource, LinuxInputs, openSerialLine, PipedInputs } from '@perista/drivers';
import { EMULATED_STEPPERS, type InputSettings, type PumpSettings } from '@perista/protocol/settings';
import type { Settings } from '../settings/settings-loader.ts';
import { readEmulatorFile } from './emulator-file.ts';

/** Level switches, leak sensors and interlocks of this unit; undefined if it has none. */
export function inputSource(
  { hardware, dataDir, pumps }: Pick<Settings, 'hardware' | 'dataDir' | 'pumps'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): InputSource | undefined {
  if (hardware === 'emulated') return new PipedInputs(EMULATED, () => openEmulated(dataDir), clock);
  const wired = pumps.flatMap(({ id, inputs }) => (inputs === undefined ? [] : [[id, gpioInputs(inputs)] as const]));
  return wired.length === 0 ? undefined : new LinuxInputs(new Map(wired), log);
}

/** Emulated steppers have one of each. */
const EMULATED: InputSource['wired'] = new Map(EMULATED_STEPPERS.map((pumpId) => [pumpId, INPUT_NAMES]));

/** Looked up at each opening: emulated hardware that was started again may have moved. */
async function openEmulated(dataDir: string) {
  const address = readEmulatorFile(dataDir)?.lines.inputs;
  if (address === undefined) throw new PeristaError('E114', 'The emulated hardware has no inputs (yet)');
  return openSerialLine(address)();
}

const gpioInputs = ({ leak, interlock, level }: NonNullable<PumpSettings['inputs']>) => ({
  ...(leak === undefined ? {} : { leak: gpioInput(leak) }),
  ...(interlock === undefined ? {} : { interlock: gpioInput(interlock) }),
  ...(level === undefined ? {} : { level: gpioInput(level) }),
});

const gpioInput = ({ gpiochip, line, ok_when, bias }: InputSettings): GpioInput => ({
  chip: gpiochip,
  offset: line,
  bias,
  okWhenHigh: ok_when === 'high',
});
