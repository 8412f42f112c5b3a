/** Whether only this machine can reach what listens there. A name other than `localhost` might be anywhere. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
