import type { AssembledController } from '@perista/controller';
import { REFUSAL_CODES } from '@perista/core';
import type { EmergencyStop, Plan, Problem, StopOutcome } from '@perista/protocol/api';
import type { Answer, UnitDoor } from './unit-door.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

const HOST = '127.0.0.1:8080';
const COOKIE = 'perista_session';
const REFUSALS: ReadonlySet<string> = new Set(Object.values(REFUSAL_CODES));

/** Who is logged in, kept over restarts of the controller as a browser keeps it. */
export interface Browser {
  cookie: string | null;
}

/** A user at the HTTP API of one run of the controller. Logs in when it must. */
export function httpDoor(app: AssembledController['app'], browser: Browser, password: string): UnitDoor {
  const send = async (method: Method, url: string, payload?: object, key?: string) => {
    const headers = {
      host: HOST,
      ...(browser.cookie !== null && { cookie: `${COOKIE}=${browser.cookie}` }),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    return app.inject({ method, url, headers, ...(payload !== undefined && { payload }) });
  };
  const logIn = async () => {
    const answer = await send('POST', '/api/session', { username: 'admin', password });
    browser.cookie = answer.cookies.find(({ name }) => name === COOKIE)?.value ?? null;
  };
  const ask = async <Value>(method: Method, url: string, payload?: object, key?: string): Promise<Answer<Value>> => {
    if (browser.cookie === null) await logIn();
    let answer = await send(method, url, payload, key);
    if (answer.statusCode === 401) {
      await logIn();
      answer = await send(method, url, payload, key);
    }
    if (answer.statusCode < 300) {
      return { kind: 'done', value: answer.payload === '' ? (null as Value) : answer.json<Value>() };
    }
    const { code, dose_id } = answer.json<Problem>();
    return REFUSALS.has(code) ? { kind: 'refused', code, doseId: dose_id ?? null } : { kind: 'failed', code };
  };
  const place = async (
    url: string,
    request: object | undefined,
    key: string,
  ): Promise<Answer<{ readonly doseId: string }>> => {
    const answer = await ask<{ readonly dose_id: string }>('POST', url, request, key);
    return answer.kind === 'done' ? { kind: 'done', value: { doseId: answer.value.dose_id } } : answer;
  };
  return {
    order: (pumpId, request, key) => place(`/api/pumps/${pumpId}/doses`, request, key),
    prime: (pumpId, request, key) => place(`/api/pumps/${pumpId}/prime`, request, key),
    renewPrime: (pumpId, doseId) => ask('POST', `/api/pumps/${pumpId}/prime/renew`, { dose_id: doseId }),
    cancel: (doseId) => ask('POST', `/api/doses/${doseId}/cancel`),
    stopPump: (pumpId, key) => ask<StopOutcome>('POST', `/api/pumps/${pumpId}/stop`, undefined, key),
    engage: () => ask<EmergencyStop>('POST', '/api/emergency-stop', {}),
    releaseStop: () => ask<EmergencyStop>('DELETE', '/api/emergency-stop'),
    patch: (pumpId, patch) => ask('PATCH', `/api/pumps/${pumpId}`, patch),
    configure: (channels) => ask('POST', '/api/dosing-config', { channels }),
    addSchedule: (input) => ask<{ readonly id: string }>('POST', '/api/schedules', input),
    changeSchedule: (id, patch) => ask('PATCH', `/api/schedules/${id}`, patch),
    removeSchedule: (id) => ask('DELETE', `/api/schedules/${id}`),
    runSchedule: (id, key) => place(`/api/schedules/${id}/run`, undefined, key),
    acceptTime: () => ask('POST', '/api/time/accept'),
    preview: (days) => ask<Plan>('GET', `/api/plan?days=${days}`),
    addChannel: (input) => ask<{ readonly id: string }>('POST', '/api/notifications', input),
    releasePump: (pumpId) => ask('POST', `/api/pumps/${pumpId}/release`, {}),
  };
}
