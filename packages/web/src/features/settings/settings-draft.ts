import type { Setting } from '@perista/protocol/api';
import { isZone } from '../schedules/browser-zone.ts';

/** What was typed, by key, of what was touched; null: what was saved shall be forgotten. */
export type SettingsDraft = Readonly<Record<string, string | null>>;

export type SettingProblem =
  | 'zone'
  | 'id'
  | 'topic'
  | 'broker'
  | 'https'
  | 'token'
  | 'tokenMissing'
  | 'number'
  | 'inFile';

/** What stands in the field of a setting. A secret is never shown. */
export function shownText({ kind, next, unsaved }: Setting, typed: string | null | undefined): string {
  if (typed === undefined) return kind === 'secret' ? '' : String(next.value ?? '');
  return typed ?? (kind === 'secret' ? '' : String(unsaved.value ?? ''));
}

/** What would be saved: a value, null to forget what was saved, undefined for no change. */
function changeOf(setting: Setting, typed: string | null | undefined): string | number | null | undefined {
  const { kind, next } = setting;
  if (typed === undefined) return undefined;
  const text = typed?.trim() ?? '';
  if (text === '') {
    if (kind === 'secret' && typed !== null) return undefined;
    return next.source === 'saved' ? null : undefined;
  }
  if (kind !== 'secret' && text === String(next.value ?? '')) return undefined;
  return kind === 'number' ? Number(text) : text;
}

export const changed = (settings: readonly Setting[], draft: SettingsDraft): Setting[] =>
  settings.filter((setting) => changeOf(setting, draft[setting.key]) !== undefined);

/** The body that saves a draft. */
export function patchOf(settings: readonly Setting[], draft: SettingsDraft): Record<string, Record<string, unknown>> {
  const patch: Record<string, Record<string, unknown>> = {};
  for (const setting of changed(settings, draft)) {
    const [section = '', key = ''] = setting.key.split('.');
    patch[section] = { ...patch[section], [key]: changeOf(setting, draft[setting.key]) };
  }
  return patch;
}

const isId = (text: string) => /^[A-Za-z0-9_-]{1,64}$/.test(text);
const isTopic = (text: string) => text.length <= 200 && /^[^\s+#/$][^\s+#/]*(\/[^\s+#/]+)*$/.test(text);
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

function isBroker(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(text);
  const isBare = username + password + search + hash === '' && ['', '/'].includes(pathname);
  return isBare && hostname !== '' && ['mqtt:', 'mqtts:'].includes(protocol);
}

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username } = new URL(text);
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname)));
}

/** Rules that the server keeps too; it has the last word. */
const RULES: Readonly<Record<string, readonly [SettingProblem, (text: string) => boolean]>> = {
  'site.timezone': ['zone', isZone],
  'site.doser_id': ['id', isId],
  'mqtt.url': ['broker', isBroker],
  'home_assistant.prefix': ['topic', isTopic],
  'home_assistant.status_topic': ['topic', isTopic],
  'remote_log.url': ['https', isSafe],
  'remote_log.token': ['token', (text) => /^[A-Za-z0-9._~+/-]+=*$/.test(text)],
  'remote_log.device_id': ['id', isId],
};

/** What is wrong with a field, by its key. */
export function problemsOf(
  settings: readonly Setting[],
  draft: SettingsDraft,
): Readonly<Record<string, SettingProblem>> {
  const found = settings.flatMap((setting): [string, SettingProblem][] => {
    const problem = problemOf(setting, draft[setting.key]);
    return problem === null ? [] : [[setting.key, problem]];
  });
  const problems = Object.fromEntries(found);
  const isThere = (key: string) => {
    const setting = settings.find((each) => each.key === key);
    if (setting === undefined) return false;
    const change = changeOf(setting, draft[key]);
    return change === undefined ? setting.next.is_set : change !== null || setting.unsaved.is_set;
  };
  const tokenIsMissing = isThere('remote_log.url') && !isThere('remote_log.token');
  return tokenIsMissing ? { 'remote_log.token': 'tokenMissing', ...problems } : problems;
}

function problemOf(setting: Setting, typed: string | null | undefined): SettingProblem | null {
  if (typed === undefined || typed === null) return null;
  const text = typed.trim();
  const { kind, key, next } = setting;
  if (text === '') return kind !== 'secret' && next.source === 'file' ? 'inFile' : null;
  if (kind === 'number' && !/^\d{1,9}$/.test(text)) return 'number';
  const [problem, isRight] = RULES[key] ?? ['id', () => true];
  return isRight(text) ? null : problem;
}
