/** The password of the simulated unit, and what a session token is looked for by. */
export const PASSWORD = 'a-secret-that-nobody-logs';

export const SECRETS: readonly string[] = [PASSWORD];
