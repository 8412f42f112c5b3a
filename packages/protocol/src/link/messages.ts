import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { ERRORS, type ErrorCode, PeristaError } from '@perista/core';
import {
  type Event,
  EventSchema,
  type Failure,
  type Reply,
  ReplySchema,
  type Request,
  RequestSchema,
} from './gen/link_pb.js';

/** What the body of an envelope is made from: nested messages may be given as plain objects. */
export type RequestKind = NonNullable<MessageInitShape<typeof RequestSchema>['kind']>;
export type ReplyKind = NonNullable<MessageInitShape<typeof ReplySchema>['kind']>;
export type EventKind = NonNullable<MessageInitShape<typeof EventSchema>['kind']>;

export const encodeRequest = (kind: RequestKind): Uint8Array =>
  toBinary(RequestSchema, create(RequestSchema, { kind }));
export const encodeReply = (kind: ReplyKind): Uint8Array => toBinary(ReplySchema, create(ReplySchema, { kind }));
export const encodeEvent = (kind: EventKind): Uint8Array => toBinary(EventSchema, create(EventSchema, { kind }));

/** @throws PeristaError E205 if the body is no request. */
export const decodeRequest = (body: Uint8Array): Request => orDamaged(() => fromBinary(RequestSchema, body));
/** @throws PeristaError E205 if the body is no reply. */
export const decodeReply = (body: Uint8Array): Reply => orDamaged(() => fromBinary(ReplySchema, body));
/** @throws PeristaError E205 if the body is no event. */
export const decodeEvent = (body: Uint8Array): Event => orDamaged(() => fromBinary(EventSchema, body));

function orDamaged<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new PeristaError('E205', undefined, { cause });
  }
}

/** The error that a Failure carries across the wire. */
export const errorFromFailure = (failure: Failure): PeristaError =>
  new PeristaError(asErrorCode(failure.code), failure.message);

/** Parses a code that came over the wire. @throws PeristaError E205 if this release does not know it. */
export function asErrorCode(text: string): ErrorCode {
  if (Object.hasOwn(ERRORS, text)) return text as ErrorCode;
  throw new PeristaError('E205', `The agent link carried error code "${text}", which has no meaning`);
}
