import { PeristaError } from '@perista/core';
import { BOARD, type BoardRequest } from './commands.ts';
import { encodeRequest } from './frame.ts';
import { COMPLETE, ENABLED, ENCODER, ENCODER_ANGLE, type ReplyForm } from './replies.ts';
import { scanReply } from './reply-scan.ts';
import type { Servo42cLine } from './servo42c-line.ts';

export type Dialect = 'v1.1.0' | 'v1.1.2';

/** A counter that tells the shaft's position; it wraps at 2^bits. */
export interface PositionCounter {
  readonly bits: 16 | 32 | 48;
  readonly request: BoardRequest<number>;
  /** The angle within a turn is that of the shaft, whatever was lost; else all of it begins anew with the supply. */
  readonly keepsAngle: boolean;
}

/** What was found out about a board's firmware; it cannot be asked for its version. */
export interface Firmware {
  readonly dialect: Dialect;
  readonly counter: PositionCounter;
}

/** All counters have 65,536 counts a turn. */
export const COUNTS_PER_REV = 65_536;

export const ENCODER_COUNTER: PositionCounter = { bits: 48, request: BOARD.readEncoder(), keepsAngle: true };
const SHAFT_ANGLE_COUNTER: PositionCounter = { bits: 32, request: BOARD.readShaftAngle(), keepsAngle: false };
const ENCODER_ANGLE_COUNTER: PositionCounter = { bits: 16, request: BOARD.readEncoderAngle(), keepsAngle: true };

/** Long enough for any board's answer to a reading. */
const WINDOW_MS = 60;
const ROUNDS = 4;
/** A damaged answer can look like another firmware's once, but hardly twice. */
const SIGHTINGS = 2;

type Sighting = Dialect | 'v1.0' | 'mixed' | 'silent' | 'garbled';

/**
 * Finds out the firmware by readings alone; the shaft should be at rest.
 * @throws PeristaError E105 for a firmware that cannot be used, E101 and E107 where the board cannot be understood
 */
export async function probeFirmware(line: Servo42cLine, address: number): Promise<Firmware> {
  const sightings: Sighting[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const sighting = await sight(line, address);
    if (sighting === 'v1.1.2') return { dialect: sighting, counter: ENCODER_COUNTER };
    if (sighting === 'v1.1.0') return { dialect: sighting, counter: await bestCounter(line, address) };
    sightings.push(sighting);
    if (sighting !== 'garbled' && sightings.filter((seen) => seen === sighting).length === SIGHTINGS) {
      throw unusable(address, sighting);
    }
  }
  throw unusable(address, 'garbled');
}

async function sight(line: Servo42cLine, address: number): Promise<Sighting> {
  const listen = (bytes: Uint8Array) => line.listenAfter(address, bytes, WINDOW_MS);
  const question = encodeRequest(address, BOARD.readEnabled());
  const answer = await listen(question);
  if (answer.length === 0) return sightWithoutChecksum(address, await listen(question.slice(0, -1)));
  if (!holds(answer, address, ENABLED)) return isBareStatus(answer, address) ? 'mixed' : 'garbled';
  const reading = await listen(encodeRequest(address, BOARD.readEncoder()));
  if (holds(reading, address, ENCODER)) return 'v1.1.2';
  if (holds(reading, address, ENCODER_ANGLE)) return 'v1.1.0';
  return 'garbled';
}

function sightWithoutChecksum(address: number, answer: Uint8Array): Sighting {
  if (answer.length === 0) return 'silent';
  return isBareStatus(answer, address) ? 'v1.0' : 'garbled';
}

/** Boards before V1.1.2 tell no turns with 0x30; the shaft angle does, where the firmware has it: where not, it is silent. */
async function bestCounter(line: Servo42cLine, address: number): Promise<PositionCounter> {
  let silences = 0;
  for (let round = 0; round < ROUNDS && silences < SIGHTINGS; round++) {
    const answer = await line.listenAfter(address, encodeRequest(address, BOARD.readShaftAngle()), WINDOW_MS);
    if (holds(answer, address, SHAFT_ANGLE_COUNTER.request.reply)) return SHAFT_ANGLE_COUNTER;
    if (answer.length === 0) silences++;
  }
  if (silences < SIGHTINGS) throw unusable(address, 'garbled');
  return ENCODER_ANGLE_COUNTER;
}

const holds = (answer: Uint8Array, address: number, form: ReplyForm<unknown>) =>
  scanReply(answer, { address, form, echo: null }).reply !== undefined;

/** Address and status, and no checksum behind. */
function isBareStatus(answer: Uint8Array, address: number): boolean {
  const status = answer.at(-1);
  return answer.at(-2) === address && status !== undefined && status <= COMPLETE;
}

function unusable(address: number, sighting: Exclude<Sighting, Dialect>): PeristaError {
  const board = `Board 0x${address.toString(16).toUpperCase()}`;
  const update = 'update the board to firmware V1.1 or newer, or replace it';
  const sentences = {
    'v1.0': `${board} has firmware V1.0: it knows no checksums, and its speeds follow another law; ${update}`,
    mixed: `${board} has a mixed firmware: it answers without checksums and counts pulses in 16 bits; ${update}`,
    silent: `${board} does not answer; check its supply, its cable, its address and its baud rate`,
    garbled: `${board} answers with bytes that make no sense; check cable, ground and baud rate, and that each address is used once`,
  };
  const codes = { 'v1.0': 'E105', mixed: 'E105', silent: 'E101', garbled: 'E107' } as const;
  return new PeristaError(codes[sighting], sentences[sighting], { details: { address, found: sighting } });
}
