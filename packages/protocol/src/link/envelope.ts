import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { crc32, PeristaError } from '@perista/core';
import { type Envelope, EnvelopeSchema, type FrameKind } from './gen/link_pb.js';

/** Both ends must be of the same version; a difference is an error on both sides, never a guess. */
export const LINK_PROTOCOL_VERSION = 6;

/** Everything of an envelope but what the codec adds itself. */
export interface EnvelopeFields {
  readonly kind: FrameKind;
  /** Correlates a reply with its request; empty on events. */
  readonly requestId: string;
  readonly epoch: bigint;
  readonly agentSession: string;
  /** Instant of the agent's monotonic clock after which motion must not start; 0 = none. */
  readonly deadlineMs: number;
  readonly body: Uint8Array;
}

/** One frame of the agent link. */
export function encodeEnvelope(fields: EnvelopeFields): Uint8Array {
  return toBinary(EnvelopeSchema, {
    ...fields,
    $typeName: 'perista.link.v1.Envelope',
    protocolVersion: LINK_PROTOCOL_VERSION,
    bodyCrc32: crc32(fields.body),
  });
}

/** @throws PeristaError E205 if the frame is no envelope or its body is damaged, E202 if it is of another version. */
export function decodeEnvelope(frame: Uint8Array): Envelope {
  const envelope = parse(frame);
  if (envelope.protocolVersion !== LINK_PROTOCOL_VERSION) {
    throw new PeristaError(
      'E202',
      `The agent link is version ${LINK_PROTOCOL_VERSION} here and ${envelope.protocolVersion} at the other end; install the same release of Perista on both`,
      { details: { ours: LINK_PROTOCOL_VERSION, theirs: envelope.protocolVersion } },
    );
  }
  if (crc32(envelope.body) !== envelope.bodyCrc32) throw new PeristaError('E205');
  return envelope;
}

function parse(frame: Uint8Array): Envelope {
  try {
    return fromBinary(EnvelopeSchema, frame);
  } catch (cause) {
    throw new PeristaError('E205', undefined, { cause });
  }
}
