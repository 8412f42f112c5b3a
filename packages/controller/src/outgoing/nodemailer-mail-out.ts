import { createTransport } from 'nodemailer';
import type { MailOut } from './mail-out.ts';

/** {@link MailOut} by nodemailer: a connection for each mail, and certificates that are verified. */
export const nodemailerMailOut: MailOut = {
  async send({ server, from, to, subject, text, timeoutMs }) {
    const { host, port, security, username, password } = server;
    const transport = createTransport({
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(username !== undefined && { auth: { user: username, pass: password ?? '' } }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      const { rejected } = await transport.sendMail({ from, to: [...to], subject, text });
      return rejected.length === 0 ? null : `the server does not take mail for ${rejected.join(', ')}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      transport.close();
    }
  },
};
