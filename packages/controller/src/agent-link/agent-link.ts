import { type Cancel, isPeristaError, PeristaError, sleep } from '@perista/core';
import type {
  AgentState,
  DoseProgress,
  DoseRecord,
  Event,
  Frames,
  HelloReply,
  RequestKind,
  SensorState,
} from '@perista/protocol/link';
import type { Facts } from '../ledger/facts.ts';
import { AgentConnection, type ConnectionPorts, type ReplyValue, type RequestScope } from './agent-connection.ts';
import { type AgentPresence, lostBecause, NOT_YET_HEARD, withPump } from './agent-presence.ts';
import { ClockOffset } from './clock-offset.ts';

/** An agent that says nothing for so long is lost; it reports each second. */
const LOST_AFTER_MS = 3_000;

/** A socket that has just been made cannot send yet; a dead one never can. */
const HELLO_TRIES = 5;
const HELLO_TIMEOUT_MS = 1_000;
/** After the first try; twice as long after each that follows. */
const HELLO_PAUSE_MS = 50;
const RELINK_PAUSE_MS = 100;

/** What the controller does with news of the agent. */
export interface AgentListener {
  onDoseEnded(record: DoseRecord): void;
  onProgress(progress: DoseProgress): void;
  onSensors(sensors: SensorState): void;
  /** The agent came or went, or what is known of its pumps has changed. */
  onPresence(presence: AgentPresence): void;
  /** The agent has told of itself in full. */
  onReport(state: AgentState): void;
  /**
   * A session is open and nothing was started under it; motion is allowed once this resolves. The agent has forgotten
   * nothing that was sent to it under `agentRemembersFrom` or later.
   */
  onSession(session: { readonly agentRemembersFrom: number; readonly mayLackDoses: boolean }): Promise<void>;
  onReady(): void;
}

export interface AgentLinkPorts extends ConnectionPorts {
  /** Makes a socket; called again after each loss. */
  readonly openFrames: () => Frames;
  readonly facts: Facts;
  readonly version: string;
  readonly isStopLatched: () => boolean;
}

type ReplyCase = Parameters<AgentConnection['request']>[1];

interface Session {
  readonly epoch: number;
  readonly agentSession: string;
  readonly clockOffset: ClockOffset;
  isReady: boolean;
}

/**
 * The controller's end of the link to the agent. It keeps one session open: a new epoch, persisted before it is used, for
 * each connection; a fresh socket after each failure. Nothing is queued: without a session a request fails.
 */
export class AgentLink {
  readonly counters = { sent: 0, late: 0, damaged: 0, sessions: 0 };
  readonly #ports: AgentLinkPorts;
  #presence: AgentPresence = NOT_YET_HEARD;
  #connection: AgentConnection | null = null;
  #session: Session | null = null;
  #listener: AgentListener | null = null;
  #loss = Promise.withResolvers<PeristaError>();
  #cancelWatch: Cancel = () => {};
  #isStopped = false;
  /** The database may have been put back while no controller ran, or another controller gave orders. */
  #mayLackDoses = true;
  #linked: Promise<void> = Promise.resolve();

  constructor(ports: AgentLinkPorts) {
    this.#ports = ports;
  }

  get presence(): AgentPresence {
    return this.#presence;
  }

  /** Highest epoch this controller has used; that of the next session is higher. */
  get epoch(): number {
    return this.#session?.epoch ?? this.#ports.facts.read('epoch') ?? 0;
  }

  /** Whether motion may be ordered now. */
  get isReady(): boolean {
    return this.#session?.isReady === true;
  }

  start(listener: AgentListener): void {
    this.#listener = listener;
    this.#linked = this.#keepLinked(listener);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#loss.resolve(new PeristaError('E201', 'the controller stops'));
    await this.#linked;
  }

  /**
   * Under the session that is open. Past `ttlMs` from now the agent begins nothing of it. @throws PeristaError E201, E202,
   * E203, and what the agent fails with
   */
  async ask<Case extends ReplyCase>(
    kind: RequestKind,
    expected: Case,
    timeoutMs: number,
    ttlMs?: number,
  ): Promise<ReplyValue<Case>> {
    const session = this.#session;
    if (session === null) throw new PeristaError('E201');
    const { epoch, agentSession } = session;
    const nowMs = this.#ports.clock.monotonicMs();
    const deadlineMs = ttlMs === undefined ? 0 : nowMs + session.clockOffset.at(nowMs) + ttlMs;
    return this.#send(kind, expected, { epoch, agentSession, deadlineMs }, timeoutMs);
  }

  /** Also while no session is open, for what must pass everything. @throws PeristaError as above */
  askAnyhow<Case extends ReplyCase>(kind: RequestKind, expected: Case, timeoutMs: number): Promise<ReplyValue<Case>> {
    const scope = { epoch: this.#session?.epoch ?? 0, agentSession: this.#session?.agentSession ?? '', deadlineMs: 0 };
    return this.#send(kind, expected, scope, timeoutMs);
  }

  async #send<Case extends ReplyCase>(
    kind: RequestKind,
    expected: Case,
    scope: RequestScope,
    timeoutMs: number,
  ): Promise<ReplyValue<Case>> {
    const connection = this.#connection;
    if (connection === null) throw new PeristaError('E201');
    try {
      return await connection.request(kind, expected, scope, timeoutMs);
    } catch (error) {
      if (isPeristaError(error, 'E201', 'E202', 'E203')) this.#lose(connection, error);
      throw error;
    }
  }

  async #keepLinked(listener: AgentListener): Promise<void> {
    while (!this.#isStopped) {
      this.#loss = Promise.withResolvers();
      const connection = new AgentConnection(this.#ports, this.#ports.openFrames(), this.counters, (event, session) =>
        this.#onEvent(connection, event, session),
      );
      this.#connection = connection;
      const reason = await this.#liveThrough(connection, listener);
      this.#cancelWatch();
      this.#connection = null;
      this.#session = null;
      if (!this.#isStopped) this.#setPresence(lostBecause(reason));
      await connection.close();
      if (!this.#isStopped) await sleep(this.#ports.clock, RELINK_PAUSE_MS);
    }
  }

  /** From Hello to the loss of the session; resolves with what ended it. */
  async #liveThrough(connection: AgentConnection, listener: AgentListener): Promise<PeristaError> {
    const session = this.#openSession(connection, listener).then(() => this.#loss.promise);
    try {
      return await Promise.race([session, this.#loss.promise]);
    } catch (error) {
      if (isPeristaError(error)) return error;
      throw error;
    }
  }

  async #openSession(connection: AgentConnection, listener: AgentListener): Promise<void> {
    const { facts, log } = this.#ports;
    const first = await this.#firstHello(connection);
    const highestEpoch = Number(first.highestEpoch);
    const ownEpoch = facts.read('epoch') ?? 0;
    if (highestEpoch > ownEpoch) this.#mayLackDoses = true;
    const epoch = Math.max(ownEpoch, highestEpoch) + 1;
    facts.write('epoch', epoch);
    // Durable before the agent learns the epoch: afterwards nothing tells any more that it forgot.
    const agentForgot = highestEpoch < (facts.read('agent_epoch') ?? 0);
    if (agentForgot) facts.write('agent_remembers_from', epoch);
    // Another run of the agent refuses it: what this one remembered says nothing of that one.
    const hello = await this.#hello(connection, epoch, first.agentSession);
    facts.write('agent_epoch', epoch);
    const atMs = this.#ports.clock.monotonicMs();
    const session: Session = {
      epoch,
      agentSession: hello.agentSession,
      clockOffset: new ClockOffset({ offsetMs: hello.monotonicMs - atMs, atMs }),
      isReady: false,
    };
    this.#session = session;
    this.counters.sessions++;
    log.info({ epoch, agentVersion: hello.agentVersion, agentForgot }, 'session with the agent is open');
    this.#watch(connection);
    if (hello.state !== undefined) this.#onState(connection, hello.state);
    const agentRemembersFrom = facts.read('agent_remembers_from') ?? 0;
    await listener.onSession({ agentRemembersFrom, mayLackDoses: this.#mayLackDoses });
    if (this.#session !== session) return;
    this.#mayLackDoses = false;
    session.isReady = true;
    listener.onReady();
  }

  /** Asks for the highest epoch without taking one. */
  async #firstHello(connection: AgentConnection): Promise<HelloReply> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#hello(connection, 0, '');
      } catch (error) {
        if (!isPeristaError(error, 'E201') || tries === HELLO_TRIES || this.#isStopped) throw error;
        await sleep(this.#ports.clock, HELLO_PAUSE_MS * 2 ** (tries - 1));
      }
    }
  }

  #hello(connection: AgentConnection, epoch: number, agentSession: string): Promise<HelloReply> {
    const kind: RequestKind = {
      case: 'hello',
      value: { controllerVersion: this.#ports.version, emergencyStop: this.#ports.isStopLatched() },
    };
    return connection.request(kind, 'hello', { epoch, agentSession, deadlineMs: 0 }, HELLO_TIMEOUT_MS);
  }

  #onEvent(
    connection: AgentConnection,
    event: Exclude<Event['kind'], { case: undefined }>,
    agentSession: string,
  ): void {
    if (connection !== this.#connection || this.#session === null || this.#listener === null) return;
    if (agentSession !== this.#session.agentSession) {
      this.#lose(connection, new PeristaError('E203', 'The agent has restarted'));
      return;
    }
    if (event.case === 'agentState') this.#onState(connection, event.value);
    if (event.case === 'doseProgress') this.#listener.onProgress(event.value);
    if (event.case === 'sensorState') this.#listener.onSensors(event.value);
    if (event.case === 'doseEnded') this.#listener.onDoseEnded(event.value);
    if (event.case === 'pumpState' && this.#presence.kind === 'present') {
      this.#setPresence({ kind: 'present', state: withPump(this.#presence.state, event.value) });
    }
  }

  #onState(connection: AgentConnection, state: AgentState): void {
    const atMs = this.#ports.clock.monotonicMs();
    this.#session?.clockOffset.learn({ offsetMs: state.monotonicMs - atMs, atMs });
    this.#watch(connection);
    this.#setPresence({ kind: 'present', state });
    this.#listener?.onReport(state);
  }

  #watch(connection: AgentConnection): void {
    this.#cancelWatch();
    this.#cancelWatch = this.#ports.clock.after(LOST_AFTER_MS, () =>
      this.#lose(connection, new PeristaError('E201', `it was not heard for ${LOST_AFTER_MS / 1000} s`)),
    );
  }

  #lose(connection: AgentConnection, reason: PeristaError): void {
    if (connection === this.#connection) this.#loss.resolve(reason);
  }

  #setPresence(presence: AgentPresence): void {
    const before = this.#presence;
    this.#presence = presence;
    if (before.kind === 'lost' && presence.kind === 'lost' && before.reason === presence.reason) return;
    if (presence.kind === 'lost')
      this.#ports.log.warn({ code: presence.code, reason: presence.reason }, 'agent is lost');
    this.#listener?.onPresence(presence);
  }
}
