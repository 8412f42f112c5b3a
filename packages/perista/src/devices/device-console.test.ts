// Proves that each word that can be typed does at the device what its help says, and that a wrong one is answered.
import { VirtualBroker } from '@perista/controller/mqtt';
import { seededRandom, VirtualClock } from '@perista/core';
import { type DeviceHappening, InfusionDevice, volatileMemory } from '@perista/simulator/infusion-device';
import { beforeEach, describe, expect, it } from 'vitest';
import { actOnTyped, TYPED_HELP } from './device-console.ts';
import { inWords } from './device-words.ts';

let clock: VirtualClock;
let device: InfusionDevice;
let happenings: DeviceHappening[];

beforeEach(async () => {
  clock = new VirtualClock();
  happenings = [];
  const broker = new VirtualBroker(clock, () => {});
  device = new InfusionDevice(
    { clock, random: seededRandom(1), broker },
    { id: 'P1', memory: volatileMemory(), onHappening: (happening) => void happenings.push(happening) },
  );
  device.start();
  await clock.advance(0);
  happenings.length = 0;
});

const type = (line: string) => actOnTyped(device, line);
const words = () => happenings.map(inWords);

describe('what is typed', () => {
  it('begins, pauses, resumes and ends an infusion at the device', async () => {
    expect(type('  begin 6   2 ')).toBe('');
    expect(device.state.run?.parameters).toMatchObject({ flowRateMlMin: 6, plannedTimeMin: 2, plannedVolumeMl: 12 });
    await clock.advance(10_000);
    type('pause');
    expect(device.state.run?.sinceMs).toBeNull();
    type('resume');
    type('complete');
    expect(device.state.run).toBeNull();
    expect(words().join('\n')).toMatch(/told that P1-own-1-1 is completed, [01]\.\d+ ml delivered/);
  });

  it('raises alarms and ends them', () => {
    type('error');
    type('error AIR_IN_LINE');
    expect(device.state.alarms.map(({ code }) => code)).toEqual(['OCCLUSION', 'AIR_IN_LINE']);
    type('error end AIR_IN_LINE');
    expect(device.state.alarms).toHaveLength(1);
    type('error end');
    expect(device.state.alarms).toEqual([]);
    expect(type('error end')).toBe('no alarm is on');
  });

  it('takes the device from the broker and brings it back', async () => {
    type('offline');
    expect(device.isConnected).toBe(false);
    type('online');
    await clock.advance(0);
    expect(device.isConnected).toBe(true);
    type('reboot forget');
    await clock.advance(5_000);
    expect(device.state.boot).toBe(2);
  });

  it('that means nothing now is answered by the device', () => {
    type('start');
    type('stop');
    expect(words()).toEqual([
      'nothing was done: no start waits to be accepted',
      'nothing was done: no infusion is under way',
    ]);
  });

  it.each([
    ['statsu', 'there is no "statsu" (did you mean status?)'],
    ['constructor', 'there is no "constructor"'],
    ['offline soon', 'offline takes seconds above 0, not "soon"'],
    ['reboot now', 'reboot takes nothing or "forget", not "now"'],
    ['begin fast', 'begin takes ml/min and min above 0, not "fast"'],
    ['error OCCLUSIN', 'there is no alarm "OCCLUSIN" (did you mean OCCLUSION?)'],
  ])('%s is answered', (line, answer) => {
    expect(type(line)).toContain(answer);
    expect(happenings).toEqual([]);
  });

  it('is listed by "help", and "quit" is enough', () => {
    expect(type('help')).toBe(TYPED_HELP);
    expect(type('')).toBe('');
    expect(type('quit')).toBeNull();
  });
});
