// Proves against a real SMTP server that mail goes out as it is given, with its log-in, and that its failures are words.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Mail } from './mail-out.ts';
import { nodemailerMailOut } from './nodemailer-mail-out.ts';

async function serve(options: SMTPServerOptions = {}) {
  const taken: string[] = [];
  const recipients: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: options.onAuth === undefined,
    onRcptTo({ address }, _session, done) {
      recipients.push(address);
      done(address.startsWith('nobody') ? new Error('no such mailbox') : undefined);
    },
    onData(stream, _session, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece) => pieces.push(piece));
      stream.on('end', () => {
        taken.push(Buffer.concat(pieces).toString());
        done();
      });
    },
    ...options,
  });
  // A client that gives up is no error of the server.
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { taken, recipients, port: (server.server.address() as AddressInfo).port };
}

const mail = (port: number, change: Partial<Mail> = {}, security: Mail['server']['security'] = 'none'): Mail => ({
  server: { host: '127.0.0.1', port, security },
  from: 'reef@example.org',
  to: ['maria@example.org', 'jan@example.org'],
  subject: 'Pompa „Kalk” stoi',
  text: 'The motor stalled.',
  timeoutMs: 2_000,
  ...change,
});

describe('nodemailerMailOut', () => {
  it('sends one mail to all, its subject in any script', async () => {
    const { taken, recipients, port } = await serve();
    expect(await nodemailerMailOut.send(mail(port))).toBeNull();
    expect(recipients).toEqual(['maria@example.org', 'jan@example.org']);
    expect(taken).toHaveLength(1);
    expect(taken[0]).toContain('From: reef@example.org');
    expect(taken[0]).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(taken[0]).toContain('The motor stalled.');
  });

  it('logs in where there is a user', async () => {
    const { port, taken } = await serve({
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        username === 'u' && password === 'pw' ? done(null, { user: 'u' }) : done(new Error('wrong password')),
    });
    const server = { host: '127.0.0.1', port, security: 'none' as const, username: 'u' };
    expect(await nodemailerMailOut.send(mail(port, { server: { ...server, password: 'pw' } }))).toBeNull();
    expect(taken).toHaveLength(1);
    expect(await nodemailerMailOut.send(mail(port, { server: { ...server, password: 'no' } }))).toMatch(/535/);
  });

  it('tells why a mail was not taken', async () => {
    const { port, taken } = await serve();
    expect(await nodemailerMailOut.send(mail(port, { to: ['nobody@example.org'] }))).toMatch(/no such mailbox/);
    expect(await nodemailerMailOut.send(mail(port, { to: ['a@example.org', 'nobody@example.org'] }))).toBe(
      'the server does not take mail for nobody@example.org',
    );
    expect(await nodemailerMailOut.send(mail(1))).toMatch(/ECONNREFUSED/);
    expect(taken).toHaveLength(1);
  });

  it('sends nothing in the open that shall be encrypted, nor to a certificate that nobody vouches for', async () => {
    const open = await serve();
    expect(await nodemailerMailOut.send(mail(open.port, {}, 'starttls'))).not.toBeNull();
    const selfSigned = await serve({ secure: true });
    expect(await nodemailerMailOut.send(mail(selfSigned.port, {}, 'tls'))).toMatch(/certificate/);
    expect([...open.taken, ...selfSigned.taken]).toEqual([]);
  });
});
