/** The password of the simulated unit, and what a session token is looked for by. */
export const PASSWORD = 'a-secret-that-nobody-logs';

/** What proves to others that it is this unit; each has one place where it is handed over, and stands nowhere else. */
export const WEBHOOK_SECRET = 'a-key-that-only-signs';
export const MAIL_PASSWORD = 'a-password-for-the-mail';
export const NTFY_TOKEN = 'a-token-for-ntfy';
export const REMOTE_TOKEN = 'a-token-for-the-remote-log';

export const SECRETS: readonly string[] = [PASSWORD, WEBHOOK_SECRET, MAIL_PASSWORD, NTFY_TOKEN, REMOTE_TOKEN];
