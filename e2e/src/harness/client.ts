import {
  Dose,
  DoseAccepted,
  DoseList,
  type DoseRequest,
  type DosingChannelPatch,
  DosingConfig,
  DosingStatus,
  Health,
  LogEvent,
  type ManualDose,
  ManualDoseAccepted,
  type PrimeRequest,
  PrimeStarted,
  Problem,
  Pump,
} from '@perista/protocol/api';
import { until } from './until.ts';

/** Answer of the API: status and JSON body. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const DOSE_ENDS: readonly string[] = ['done', 'partial', 'refused', 'missed', 'skipped', 'cancelled', 'uncertain'];

/** A person with a browser, or a program: talks HTTP to the controller, with a session once logged in. */
export class ApiClient {
  readonly url: string;
  #cookie = '';

  constructor(url: string) {
    this.url = url;
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const reply = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.#cookie === '' ? {} : { cookie: this.#cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    const [cookie] = reply.headers.getSetCookie();
    if (cookie !== undefined) this.#cookie = cookie.split(';')[0] ?? '';
    const text = await reply.text();
    return { status: reply.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** What a browser would send along: the session. */
  get cookie(): string {
    return this.#cookie;
  }

  async login(password: string, username = 'admin'): Promise<void> {
    const { status, body } = await this.request('POST', '/api/session', { username, password });
    if (status >= 300) throw new Error(`login was refused: ${JSON.stringify(body)}`);
  }

  async health(): Promise<Health> {
    return Health.parse(await this.#get('/api/health'));
  }

  async pump(pumpId: string): Promise<Pump> {
    return Pump.parse(await this.#get(`/api/pumps/${pumpId}`));
  }

  /** Orders a dose; `key` is the order's idempotency key. */
  order(pumpId: string, request: DoseRequest, key?: string): Promise<Reply> {
    return this.request(
      'POST',
      `/api/pumps/${pumpId}/doses`,
      request,
      key === undefined ? {} : { 'idempotency-key': key },
    );
  }

  /** Orders a dose that must be accepted. */
  async dose(pumpId: string, request: DoseRequest, key?: string): Promise<DoseAccepted> {
    const { status, body } = await this.order(pumpId, request, key);
    if (status !== 202) throw new Error(`the dose was not accepted: ${status} ${JSON.stringify(body)}`);
    return DoseAccepted.parse(body);
  }

  /** Presses the button to prime; it must be accepted. */
  async prime(pumpId: string, request: PrimeRequest): Promise<PrimeStarted> {
    const { status, body } = await this.request('POST', `/api/pumps/${pumpId}/prime`, request);
    if (status !== 202) throw new Error(`the prime was not accepted: ${status} ${JSON.stringify(body)}`);
    return PrimeStarted.parse(body);
  }

  /** Says that the button is still held. */
  renewPrime(pumpId: string, doseId: string): Promise<Reply> {
    return this.request('POST', `/api/pumps/${pumpId}/prime/renew`, { dose_id: doseId });
  }

  cancel(doseId: string): Promise<Reply> {
    return this.request('POST', `/api/doses/${doseId}/cancel`);
  }

  async ledgerEntry(doseId: string): Promise<Dose> {
    return Dose.parse(await this.#get(`/api/doses/${doseId}`));
  }

  async ledger(query = ''): Promise<Dose[]> {
    return DoseList.parse(await this.#get(`/api/doses${query}`)).items;
  }

  async events(query = ''): Promise<LogEvent[]> {
    const body = (await this.#get(`/api/events${query}`)) as { items: unknown[] };
    return body.items.map((item) => LogEvent.parse(item));
  }

  /** Waits for the end of a dose. */
  settled(doseId: string, limitMs: number): Promise<Dose> {
    return until(
      async () => {
        const dose = await this.ledgerEntry(doseId);
        return DOSE_ENDS.includes(dose.state) && dose;
      },
      limitMs,
      `end of dose ${doseId}`,
    );
  }

  async dosingConfig(): Promise<DosingConfig> {
    return DosingConfig.parse(await this.#get('/api/dosing-config'));
  }

  async dosingStatus(): Promise<DosingStatus> {
    return DosingStatus.parse(await this.#get('/api/dosing-status'));
  }

  /** Changes the weekly plan of channels; it must be accepted. */
  async configureDosing(...channels: readonly DosingChannelPatch[]): Promise<DosingConfig> {
    const { status, body } = await this.request('POST', '/api/dosing-config', { channels });
    if (status !== 200) throw new Error(`the plan was not accepted: ${status} ${JSON.stringify(body)}`);
    return DosingConfig.parse(body);
  }

  /** Doses a relay channel by hand; it must be accepted. */
  async manualDose(order: ManualDose, key?: string): Promise<ManualDoseAccepted> {
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    const { status, body } = await this.request('POST', '/api/manual-dose', order, headers);
    if (status !== 202) throw new Error(`the dose was not accepted: ${status} ${JSON.stringify(body)}`);
    return ManualDoseAccepted.parse(body);
  }

  async #get(path: string): Promise<unknown> {
    const { status, body } = await this.request('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }
}

/** The body of a refusal, checked for its shape. */
export const problemOf = (reply: Reply): Problem => Problem.parse(reply.body);
