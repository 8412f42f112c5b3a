// Proves that whoever was logged in before sessions had names still is.
import { describe, expect, it } from 'vitest';
import { migrate } from '../store/migrate.ts';
import { MIGRATIONS } from '../store/migrations/index.ts';
import { NodeSqliteStore } from '../store/node-sqlite-store.ts';
import { startAccountsFixture } from './accounts-fixture.ts';
import { tokenDigest } from './node-token-digest.ts';

describe('the step to named sessions', () => {
  it('keeps each session and gives it an id of its own', async () => {
    const store = new NodeSqliteStore(':memory:');
    migrate(store, MIGRATIONS.slice(0, 2), 0);
    const nowMs = Date.parse('2026-03-01T00:00:00Z');
    store.run(`INSERT INTO users VALUES ('admin', 'admin', 'hash', ?)`, nowMs);
    const tokens = ['a', 'b', 'c'].map((letter) => letter.repeat(64));
    for (const token of tokens) {
      store.run(`INSERT INTO sessions VALUES (?, 'admin', ?, ?)`, tokenDigest(token), nowMs, nowMs);
    }
    const { loginOf, sessions } = await startAccountsFixture({ store });
    const logins = tokens.map((token) => loginOf(token));
    expect(logins.map((login) => login?.username)).toEqual(['admin', 'admin', 'admin']);
    expect(new Set(logins.map((login) => login?.loginId)).size).toBe(3);
    const [login] = logins;
    if (!login) throw new Error('the session is alive');
    expect(sessions.list(login)).toMatchObject([1, 2, 3].map(() => ({ address: null, user_agent: null })));
  });
});
