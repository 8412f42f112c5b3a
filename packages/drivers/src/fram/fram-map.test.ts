// Proves that each record lies at its published address, and that no two copies share a byte.
import { expect, it } from 'vitest';
import { CREDENTIALS, FRAM_BYTES, FRAM_MAP, SHADOW_OFFSET } from './fram-map.ts';

interface Place {
  readonly name: string;
  readonly address: number;
  readonly codec: { readonly bytes: number };
}

const places: readonly Place[] = [FRAM_MAP.system, ...FRAM_MAP.channels, ...FRAM_MAP.dailyVolumes, FRAM_MAP.mark];

it('has the published addresses', () => {
  expect(Object.fromEntries(places.map(({ name, address }) => [name, address]))).toEqual({
    SystemConfig: 0x0500,
    'ChannelConfig[0]': 0x0540,
    'ChannelConfig[1]': 0x0570,
    'ChannelConfig[2]': 0x05a0,
    'ChannelConfig[3]': 0x05d0,
    'ChannelConfig[4]': 0x0600,
    'ChannelConfig[5]': 0x0630,
    'DailyVolume[0]': 0x0660,
    'DailyVolume[1]': 0x0670,
    'DailyVolume[2]': 0x0680,
    'DailyVolume[3]': 0x0690,
    'DailyVolume[4]': 0x06a0,
    'DailyVolume[5]': 0x06b0,
    UnitMark: 0x06c0,
  });
});

it('gives each copy bytes of its own, behind the credentials', () => {
  const owners = new Uint8Array(FRAM_BYTES);
  for (const { address, codec } of places) {
    for (const at of [address, address + SHADOW_OFFSET]) {
      for (let byte = at; byte < at + codec.bytes; byte++) owners[byte] = (owners[byte] as number) + 1;
    }
  }
  expect(Math.max(...owners)).toBe(1);
  expect(owners.findIndex((count) => count > 0)).toBe(CREDENTIALS.to);
});
