import type { Clock } from '@perista/core';
import type { LiveClosing, PumpsSnapshot, SubscribeAnswer } from '@perista/protocol/live';
import { type NumberedDelta, numbered, type Parcel } from './delta.ts';
import { ViewerQueue } from './viewer-queue.ts';

/** A connection that takes nothing for so long is closed. */
export const MAX_BLOCKED_MS = 30_000;

/** The connection to a viewer. What it is handed while it is not writable would pile up in it. */
export interface ViewerLine {
  isWritable(): boolean;
  send(delta: NumberedDelta): void;
  close(reason: LiveClosing): void;
}

export type Answer = (result: SubscribeAnswer<PumpsSnapshot>) => void;

/** What a snapshot shows, before the viewer's number is on it. */
export type SnapshotResult =
  | { readonly ok: true; readonly snapshot: Omit<PumpsSnapshot, 'seq'> }
  | Extract<SubscribeAnswer<PumpsSnapshot>, { ok: false }>;

/** One who watches: first a snapshot, then what changes, no faster than the connection takes it. */
export class Viewer {
  readonly #clock: Clock;
  readonly #line: ViewerLine;
  readonly #queue = new ViewerQueue();
  /** The snapshot is not sent yet. */
  #unanswered: Answer | null;
  #blockedSinceMs: number | null = null;
  #isClosed = false;

  constructor(clock: Clock, line: ViewerLine, answer: Answer) {
    this.#clock = clock;
    this.#line = line;
    this.#unanswered = answer;
  }

  /** Bytes that wait in memory because the connection does not take them. */
  get waitingBytes(): number {
    return this.#queue.waitingBytes;
  }

  /** Something is to be sent as soon as the connection takes it. */
  get isWaiting(): boolean {
    return !this.#isClosed && (this.#unanswered !== null || !this.#queue.isEmpty);
  }

  /** Nothing more will be sent. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  put(parcel: Parcel): void {
    this.#queue.put(parcel);
  }

  forget(key: string): void {
    this.#queue.forget(key);
  }

  /** Sends what waits; closes a connection that has not kept up, or whose screen cannot be kept true. */
  flush(snapshot: SnapshotResult): void {
    if (this.#queue.hasRunOver) this.#close('too-slow');
    else if (this.isWaiting && this.#line.isWritable()) this.#send(snapshot);
    else if (this.isWaiting) this.#wait();
    // What it shows may be untrue by now.
    if (!snapshot.ok && !this.#isClosed) this.#close('unit-unreadable');
  }

  #send(snapshot: SnapshotResult): void {
    this.#blockedSinceMs = null;
    if (this.#unanswered !== null) this.#answer(this.#unanswered, snapshot);
    for (const { delta, seq } of this.#queue.take()) this.#line.send(numbered(delta, seq));
  }

  #answer(answer: Answer, result: SnapshotResult): void {
    this.#unanswered = null;
    if (result.ok) {
      answer({ ok: true, snapshot: { ...result.snapshot, seq: this.#queue.restart() } });
    } else {
      this.#isClosed = true;
      answer(result);
    }
  }

  #wait(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#blockedSinceMs ??= nowMs;
    if (nowMs - this.#blockedSinceMs >= MAX_BLOCKED_MS) this.#close('too-slow');
  }

  #close(reason: LiveClosing): void {
    this.#isClosed = true;
    this.#line.close(reason);
  }
}
