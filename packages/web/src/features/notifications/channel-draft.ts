import type { NoticeSeverity, NoticeSubject, NotificationChannel, NotificationTarget } from '@perista/protocol/api';

export const KINDS = ['email', 'ntfy', 'webhook', 'alertmanager'] as const satisfies NotificationTarget['kind'][];
export const SEVERITIES = ['info', 'warning', 'alarm'] as const satisfies NoticeSeverity[];
export const SUBJECTS = [
  'dose',
  'pump',
  'container',
  'input',
  'stop',
  'agent',
  'clock',
  'calibration',
  'memory',
  'device',
] as const satisfies NoticeSubject[];
export const SECURITIES = ['tls', 'starttls', 'none'] as const;

/** What stands in the fields of a target, whichever kind it is: nothing is lost on the way from kind to kind. */
export interface TargetDraft {
  readonly kind: NotificationTarget['kind'];
  readonly url: string;
  readonly topic: string;
  readonly host: string;
  readonly port: string;
  readonly security: (typeof SECURITIES)[number];
  readonly username: string;
  readonly from: string;
  /** Addresses, with commas between them. */
  readonly to: string;
}

export interface ChannelDraft {
  readonly name: string;
  readonly target: TargetDraft;
  /** Empty: as it is. */
  readonly secret: string;
  readonly severity: NoticeSeverity;
  /** Empty: all. */
  readonly subjects: readonly NoticeSubject[];
  readonly pumps: readonly string[];
}

const EMPTY: TargetDraft = {
  ...{ kind: 'email', url: '', topic: '', host: '', port: '587', security: 'starttls' },
  ...{ username: '', from: '', to: '' },
};

export function draftOf(channel: NotificationChannel | null): ChannelDraft {
  if (channel === null) return { name: '', target: EMPTY, secret: '', severity: 'warning', subjects: [], pumps: [] };
  const { name, target, filter } = channel;
  const typed =
    target.kind === 'email'
      ? { ...target, port: String(target.port), to: target.to.join(', '), username: target.username ?? '' }
      : target;
  const { severity, subjects, pumps } = filter;
  return { name, target: { ...EMPTY, ...typed }, secret: '', severity, subjects: subjects ?? [], pumps: pumps ?? [] };
}

/** The body that saves a draft, to add a channel or to change one. */
export function bodyOf({ name, target, secret, severity, subjects, pumps }: ChannelDraft): object {
  return {
    name: name.trim(),
    target: targetOf(target),
    ...(secret !== '' && { secret }),
    filter: { severity, subjects: subjects.length === 0 ? null : subjects, pumps: pumps.length === 0 ? null : pumps },
  };
}

function targetOf({ kind, url, topic, host, port, security, username, from, to }: TargetDraft): NotificationTarget {
  if (kind === 'ntfy') return { kind, url: url.trim(), topic: topic.trim() };
  if (kind !== 'email') return { kind, url: url.trim() };
  const login = username.trim() === '' ? {} : { username: username.trim() };
  return { kind, host: host.trim(), port: Number(port), security, from: from.trim(), to: addressesIn(to), ...login };
}

const addressesIn = (text: string): string[] => text.split(/[,;\s]+/).filter(Boolean);

const isAddress = (text: string) => /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(text.trim());
const isUrl = (text: string) => /^https?:\/\/[^\s/]+/.test(text.trim()) && URL.canParse(text.trim());

const RULES: { readonly [Name in keyof TargetDraft]?: (text: string) => boolean } = {
  url: isUrl,
  topic: (text) => /^[A-Za-z0-9_-]{1,64}$/.test(text.trim()),
  to: (text) => addressesIn(text).length > 0 && addressesIn(text).every(isAddress),
  from: isAddress,
  host: (text) => /^[A-Za-z0-9.:_-]+$/.test(text.trim()),
  port: (text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535,
};

type RuledField = 'url' | 'topic' | 'to' | 'from' | 'host' | 'port';
const FIELDS: { readonly [Kind in NotificationTarget['kind']]: readonly RuledField[] } = {
  alertmanager: ['url'],
  webhook: ['url'],
  ntfy: ['url', 'topic'],
  email: ['to', 'from', 'host', 'port'],
};

/** The first field of a target that breaks its rule; the server has the last word. */
export function wrongOf(target: TargetDraft): RuledField | null {
  return FIELDS[target.kind].find((name) => RULES[name]?.(target[name]) === false) ?? null;
}

export const isWhole = ({ name, target }: ChannelDraft): boolean => name.trim() !== '' && wrongOf(target) === null;
