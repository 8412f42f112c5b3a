// Proves that a draft saves what was changed and nothing else, and that what the server would refuse is named at its field.
import type { Setting, SettingValue } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { changed, patchOf, problemsOf, shownText } from './settings-draft.ts';

function setting(key: string, value: string | null, change: Partial<Setting> = {}): Setting {
  const now: SettingValue = { value, is_set: value !== null, source: 'default' };
  return {
    ...{ key, kind: 'text', choices: [], help: '', now, next: now, unsaved: now, needs_restart: false, fixed_by: null },
    ...change,
  };
}

const saved = (value: string | null, source: SettingValue['source'] = 'saved'): SettingValue => ({
  ...{ value, is_set: true, source },
});

const ZONE = setting('site.timezone', 'Europe/Warsaw', { kind: 'zone' });
const NAME = setting('site.doser_id', 'doser');
const BROKER = setting('mqtt.url', null);
const PASSWORD = setting('mqtt.password', null, { kind: 'secret' });
const LOG = setting('remote_log.url', null);
const TOKEN = setting('remote_log.token', null, { kind: 'secret' });
const ALL = [ZONE, NAME, BROKER, PASSWORD, LOG, TOKEN];

describe('a draft', () => {
  it('saves what was changed, by section, without blanks around it', () => {
    const draft = { 'site.timezone': 'Europe/Warsaw', 'site.doser_id': ' reef ', 'mqtt.url': 'mqtt://a:1' };
    expect(patchOf(ALL, draft)).toEqual({ site: { doser_id: 'reef' }, mqtt: { url: 'mqtt://a:1' } });
    expect(changed(ALL, draft)).toEqual([NAME, BROKER]);
  });

  it('forgets what was saved where a field is emptied, and changes nothing where nothing was saved', () => {
    const mine = { ...BROKER, next: saved('mqtt://a:1') };
    expect(patchOf([mine], { 'mqtt.url': ' ' })).toEqual({ mqtt: { url: null } });
    expect(patchOf([mine], { 'mqtt.url': null })).toEqual({ mqtt: { url: null } });
    expect(patchOf([BROKER], { 'mqtt.url': '' })).toEqual({});
    expect(shownText({ ...ZONE, next: saved('Asia/Tokyo') }, null)).toBe('Europe/Warsaw');
  });

  it('leaves a secret alone unless one is typed or it is removed', () => {
    const mine = { ...PASSWORD, next: saved(null) };
    expect(shownText(mine, undefined)).toBe('');
    expect(patchOf([mine], { 'mqtt.password': '' })).toEqual({});
    expect(patchOf([mine], { 'mqtt.password': 'x' })).toEqual({ mqtt: { password: 'x' } });
    expect(patchOf([mine], { 'mqtt.password': null })).toEqual({ mqtt: { password: null } });
  });

  it('sends a number as one', () => {
    const port = setting('mqtt.port', '1883', { kind: 'number' });
    expect(patchOf([port], { 'mqtt.port': '1884' })).toEqual({ mqtt: { port: 1884 } });
    expect(problemsOf([port], { 'mqtt.port': '1,5' })).toEqual({ 'mqtt.port': 'number' });
  });
});

describe('what is wrong', () => {
  it.each([
    ['site.timezone', 'Europe/Warszawa', 'zone'],
    ['site.timezone', '+01:00', 'zone'],
    ['site.doser_id', 'a/b', 'id'],
    ['mqtt.url', 'broker', 'broker'],
    ['mqtt.url', 'mqtt://me@host', 'broker'],
    ['mqtt.url', 'https://host', 'broker'],
    ['remote_log.url', 'http://log.example.org', 'https'],
    ['remote_log.token', 'two words', 'token'],
  ])('stands at its field: %s %s', (key, text, problem) => {
    expect(problemsOf(ALL, { [key]: text })[key]).toBe(problem);
  });

  it.each([
    ['site.timezone', 'America/New_York'],
    ['mqtt.url', 'mqtts://broker.example.org:8883'],
    ['mqtt.url', 'mqtt://[::1]:1883/'],
  ])('does not: %s %s', (key, text) => {
    expect(problemsOf(ALL, { [key]: text })).toEqual({});
  });

  it('is an address of a remote log without a token', () => {
    const draft = { 'remote_log.url': 'https://a.example/' };
    expect(problemsOf(ALL, draft)).toEqual({ 'remote_log.token': 'tokenMissing' });
    expect(problemsOf(ALL, { ...draft, 'remote_log.token': 'abc' })).toEqual({});
    const both = [
      { ...LOG, next: saved('https://a.example/') },
      { ...TOKEN, next: saved(null) },
    ];
    expect(problemsOf(both, { 'remote_log.token': null })).toEqual({ 'remote_log.token': 'tokenMissing' });
    expect(problemsOf(both, { 'remote_log.token': null, 'remote_log.url': '' })).toEqual({});
  });

  it('is to empty what perista.yaml says', () => {
    const filed = { ...BROKER, next: saved('mqtt://a:1', 'file') };
    expect(problemsOf([filed], { 'mqtt.url': '' })).toEqual({ 'mqtt.url': 'inFile' });
  });
});
