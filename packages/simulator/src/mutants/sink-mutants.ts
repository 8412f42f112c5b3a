import type { HttpPost, HttpReply, Outside, SqlValue, Store } from '@perista/controller';
import { WEBHOOK_SECRET } from '../checker/secrets.ts';
import type { Mutant } from './mutant.ts';

const TAKEN: HttpReply = { kind: 'answered', status: 200 };

const posting = (
  change: (post: (request: HttpPost) => Promise<HttpReply>) => (request: HttpPost) => Promise<HttpReply>,
): Mutant['composition'] => ({
  outside: ({ http, mail }: Outside) => ({ mail, http: { post: change((request) => http.post(request)) } }),
});

const storing = (change: (store: Store) => Partial<Store>): Mutant['composition'] => ({
  store: (store) => ({ ...store, ...change(store) }),
});

/** Defects of what tells others by notices and posts, and of how it keeps its place in the event log. */
export const SINK_MUTANTS = {
  'sent-is-taken': {
    defect: 'what was sent to a peer counts as taken before it answers',
    breaks: ['I19'],
    shows: ['peer-away', 'peer-refuses', 'stop'],
    composition: posting((post) => async (request) => {
      void post(request);
      return TAKEN;
    }),
  },
  'any-answer-will-do': {
    defect: 'an answer that says no counts as taken',
    breaks: ['I19'],
    shows: ['peer-refuses', 'stop'],
    composition: posting((post) => async (request) => {
      const reply = await post(request);
      return reply.kind === 'answered' ? TAKEN : reply;
    }),
  },
  'sink-begins-at-the-newest': {
    defect: 'a sink goes on from the newest event after a restart, and not from its place',
    breaks: ['I19'],
    shows: ['controller-kill-at-call', 'controller-kill', 'commits-lost', 'disk-full'],
    composition: storing((store) => ({
      run: (sql, ...params) =>
        store.run(
          sql.startsWith('INSERT INTO outbox')
            ? 'INSERT INTO outbox VALUES (?, ?) ON CONFLICT (sink) DO UPDATE SET delivered_seq = excluded.delivered_seq'
            : sql,
          ...params,
        ),
    })),
  },
  'post-is-forgotten-first': {
    defect: 'a post to the remote log leaves its queue before the log has it',
    breaks: ['I19'],
    shows: ['peer-away', 'killed-at-telling', 'peer-refuses'],
    composition: storing((store) => ({
      get: <Row>(sql: string, ...params: SqlValue[]) => {
        const row = store.get<Row>(sql, ...params);
        if (row === undefined || !sql.includes('FROM remote_log ORDER')) return row;
        store.run('DELETE FROM remote_log WHERE seq = ?', (row as { seq: number }).seq);
        return row;
      },
    })),
  },
  'newest-notice-first': {
    defect: 'of the notices that wait the newest leaves first',
    breaks: ['I19'],
    shows: ['peer-away', 'peer-refuses', 'stop'],
    composition: storing((store) => ({
      get: (sql, ...params) =>
        store.get(
          sql.includes('FROM notification_deliveries')
            ? sql.replace('ORDER BY seq LIMIT', 'ORDER BY seq DESC LIMIT')
            : sql,
          ...params,
        ),
    })),
  },
  'key-in-the-address': {
    defect: 'the key of the signature stands in the address of a webhook',
    breaks: ['I22'],
    shows: ['stop'],
    composition: posting((post) => (request) => post({ ...request, url: `${request.url}?key=${WEBHOOK_SECRET}` })),
  },
} as const satisfies Record<string, Mutant>;
