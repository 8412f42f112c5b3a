import type { Invariant, Verdict } from '../invariant.ts';
import { SECRETS } from '../secrets.ts';

const judge = (where: string, text: string): Verdict =>
  SECRETS.some((secret) => text.includes(secret)) ? `a secret was ${where}: ${text}` : null;

export const noSecret: Invariant = {
  id: 'I22',
  rule: 'no secret in logs, events, MQTT, notices and addresses',
  begin: () => ({
    logged: ({ text }) => judge('logged', text),
    'event-logged': ({ event }) => judge('in the event log', JSON.stringify(event)),
    'mqtt-taken': ({ topic, body }) => judge('published', `${topic} ${body}`),
    'peer-took': ({ address, body }) => judge('sent', `${address} ${body}`),
  }),
};
