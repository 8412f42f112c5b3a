import { type DoseStart, decodeRecord, type JournalledDose, type JournalledTick } from '@perista/agent';
import { decodeEnvelope, decodeRequest } from '@perista/protocol/link';
import type { Chronicle } from '../checker/chronicle.ts';
import type { Happening } from '../checker/happening.ts';

const DOSE_BLOB = /^dose\.[A-Za-z0-9_-]+\..+\.b$/;
const TICK_BLOB = /^tick\.([A-Za-z0-9_-]+)\.\d$/;

export interface AgentWatchPorts {
  readonly tell: (happening: Happening) => void;
  readonly chronicle: () => Pick<Chronicle, 'find' | 'strike'>;
}

/** Tells what reaches an agent over the link, and what it has in its journal. */
export class AgentWatch {
  readonly #ports: AgentWatchPorts;

  constructor(ports: AgentWatchPorts) {
    this.#ports = ports;
  }

  onArrival(frame: Uint8Array): void {
    const { tell } = this.#ports;
    const { epoch, body } = decodeEnvelope(frame);
    const { kind } = decodeRequest(body);
    if (kind.case === 'startDose') tell({ kind: 'start-arrived', epoch, order: kind.value });
    if (kind.case === 'hello' && epoch > 0n) tell({ kind: 'hello-arrived', epoch });
    if (kind.case === 'beat') {
      tell({ kind: 'lease-arrived', doseIds: kind.value.doseIds, leaseMs: kind.value.leaseMs });
    }
  }

  onBlob(name: string, bytes: Uint8Array): void {
    const { tell } = this.#ports;
    const isDose = DOSE_BLOB.test(name);
    const pumpId = TICK_BLOB.exec(name)?.[1];
    if (!isDose && pumpId === undefined) return;
    const record = decodeRecord(bytes);
    if (record === null) {
      // Whoever reads the ring then cannot tell whether the chunk of that tick was begun.
      if (pumpId !== undefined) this.#ports.chronicle().strike(pumpId, 'torn');
      return;
    }
    if (pumpId !== undefined) {
      const { doseId, waypoint } = record.payload as JournalledTick;
      tell({ kind: 'tick-journalled', pumpId, doseId, chunkCounts: waypoint.nextChunkCounts });
      return;
    }
    const { start, end, confirmed } = record.payload as JournalledDose;
    if (end === null && !this.#isRepair(start)) tell({ kind: 'start-journalled', start });
    if (end !== null && !confirmed) tell({ kind: 'end-journalled', start, end });
  }

  /** A copy that was damaged is written again as it was. */
  #isRepair({ doseId, epoch, startedAtWallMs }: DoseStart): boolean {
    const known = this.#ports.chronicle().find(doseId)?.start;
    return known?.epoch === epoch && known.startedAtWallMs === startedAtWallMs;
  }
}
