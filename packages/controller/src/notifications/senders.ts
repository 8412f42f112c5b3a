import { createHmac } from 'node:crypto';
import type { Notice, NoticeSeverity, NotificationTarget } from '@perista/protocol/api';
import type { HttpOut, HttpPost } from '../outgoing/http-out.ts';
import type { MailOut } from '../outgoing/mail-out.ts';
import { alertOf } from './alertmanager-alert.ts';
import type { ChannelRecord } from './channel-store.ts';

export interface Outside {
  readonly http: HttpOut;
  readonly mail: MailOut;
}

/** What came of an attempt: null where the notice was taken, else why not, in words. */
export type SendFailure = string | null;

const TIMEOUT_MS = 10_000;

type Kind = NotificationTarget['kind'];
type TargetOf<K extends Kind> = Extract<NotificationTarget, { kind: K }>;
type Sender<K extends Kind> = (
  outside: Outside,
  target: TargetOf<K>,
  letter: { readonly notice: Notice; readonly secret: string | undefined; readonly nowMs: number },
) => Promise<SendFailure>;

const SENDERS: { readonly [K in Kind]: Sender<K> } = {
  alertmanager: ({ http }, { url }, { notice, secret, nowMs }) =>
    postAlerts(http, url, secret, [alertOf(notice, nowMs)]),

  webhook({ http }, { url }, { notice, secret, nowMs }) {
    const body = JSON.stringify(notice);
    const headers = secret === undefined ? {} : { 'perista-signature': signatureOf(body, secret, nowMs) };
    return post(http, { url, headers, body, timeoutMs: TIMEOUT_MS });
  },

  ntfy({ http }, { url, topic }, { notice, secret }) {
    const { title, text, severity, status } = notice;
    const { priority, tag } = NTFY[severity];
    const tags = [status === 'over' ? 'white_check_mark' : tag];
    const body = JSON.stringify({ topic, title: titleOf(notice), message: text === '' ? title : text, priority, tags });
    return post(http, { url, token: secret, body, timeoutMs: TIMEOUT_MS });
  },

  email({ mail }, { host, port, security, username, from, to }, { notice, secret }) {
    const server = { host, port, security, username, password: secret };
    const subject = `[${notice.doser}] ${titleOf(notice)}`;
    return mail.send({ server, from, to, subject, text: letterOf(notice), timeoutMs: TIMEOUT_MS });
  },
};

/** Lets a notice leave on a channel. Never rejects. */
export function send(outside: Outside, channel: ChannelRecord, notice: Notice, nowMs: number): Promise<SendFailure> {
  const { target, secret } = channel;
  const sender = SENDERS[target.kind] as Sender<Kind>;
  return sender(outside, target, { notice, secret: secret ?? undefined, nowMs });
}

/** Posts what goes on, or went on, to Alertmanager's API v2. Never rejects. */
export function postAlerts(
  http: HttpOut,
  url: string,
  token: string | undefined,
  alerts: readonly object[],
): Promise<SendFailure> {
  const address = `${url.replace(/\/+$/, '')}/api/v2/alerts`;
  return post(http, { url: address, token, body: JSON.stringify(alerts), timeoutMs: TIMEOUT_MS });
}

async function post(http: HttpOut, request: HttpPost): Promise<SendFailure> {
  const reply = await http.post(request);
  if (reply.kind === 'silent') return reply.reason;
  return reply.status >= 200 && reply.status < 300 ? null : `it answers ${reply.status}`;
}

/** `t` is the instant in s, `v1` the HMAC-SHA-256 of `t`, a point and the body, in hexadecimal digits. */
function signatureOf(body: string, secret: string, nowMs: number): string {
  const t = Math.floor(nowMs / 1000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

const NTFY: Readonly<Record<NoticeSeverity, { readonly priority: number; readonly tag: string }>> = {
  info: { priority: 3, tag: 'information_source' },
  warning: { priority: 4, tag: 'warning' },
  alarm: { priority: 5, tag: 'rotating_light' },
};

const titleOf = ({ status, title }: Notice): string => (status === 'over' ? `Over: ${title}` : title);

const letterOf = ({ text, at, doser, pump_id, container_id, dose_id, alert, id }: Notice): string =>
  [
    text,
    '',
    `Unit: ${doser}`,
    ...(pump_id === null ? [] : [`Pump: ${pump_id}`]),
    ...(container_id === null ? [] : [`Container: ${container_id}`]),
    ...(dose_id === null ? [] : [`Dose: ${dose_id}`]),
    `At: ${at}`,
    `${alert} (${id})`,
  ].join('\n');
