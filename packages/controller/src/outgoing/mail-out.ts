export interface Mail {
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** TLS from the first byte, demanded after the greeting, or none. */
    readonly security: 'tls' | 'starttls' | 'none';
    readonly username?: string | undefined;
    readonly password?: string | undefined;
  };
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly timeoutMs: number;
}

/** What came of a mail: null where its server took it for all, else why not, in words. */
export type MailFailure = string | null;

/** The way out over SMTP. Never rejects. */
export interface MailOut {
  send(mail: Mail): Promise<MailFailure>;
}
