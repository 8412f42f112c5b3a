import type { Mail, MailFailure, MailOut } from './mail-out.ts';

/** A mail server that can refuse. */
export class FakeMailOut implements MailOut {
  readonly mails: Mail[] = [];
  refusesWith: MailFailure = null;

  async send(mail: Mail): Promise<MailFailure> {
    if (this.refusesWith === null) this.mails.push(mail);
    return this.refusesWith;
  }
}
