import { type HeaderContent, readHeader } from './fram-header.ts';
import { CREDENTIALS, FRAM_BYTES, FRAM_MAP, type FramSlot, SHADOW_OFFSET } from './fram-map.ts';
import type { FramStorage } from './fram-storage.ts';
import { type Copy, isBlank, unseal } from './sealed-record.ts';
import { type RecordContent, settleCopies } from './settled-copies.ts';

/** A record as it was found; nothing is repaired. */
export interface FoundRecord<T> {
  readonly name: string;
  readonly address: number;
  readonly first: Copy<T>;
  readonly second: Copy<T>;
  readonly content: RecordContent<T>;
}

/** All that an image says. Of the credentials only whether there are any: what they are is nobody's business here. */
export async function readFram(storage: FramStorage) {
  const image = await storage.read(0, FRAM_BYTES);
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const found = <T>(slot: FramSlot<T>): FoundRecord<T> => {
    const copy = (at: number) => unseal(slot.codec, image.subarray(at, at + slot.codec.bytes));
    const [first, second] = [copy(slot.address), copy(slot.address + SHADOW_OFFSET)];
    return { name: slot.name, address: slot.address, first, second, content: settleCopies(first, second) };
  };
  const header: HeaderContent = readHeader(image);
  return {
    header,
    magic: view.getUint32(0, true),
    version: view.getUint16(4, true),
    hasCredentials: !isBlank(image.subarray(CREDENTIALS.from, CREDENTIALS.to)),
    system: found(FRAM_MAP.system),
    channels: FRAM_MAP.channels.map(found),
    dailyVolumes: FRAM_MAP.dailyVolumes.map(found),
    mark: found(FRAM_MAP.mark),
  };
}

/** What {@link readFram} gives. */
export type FoundFram = Awaited<ReturnType<typeof readFram>>;
