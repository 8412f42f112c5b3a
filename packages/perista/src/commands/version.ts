import { version } from '../version.ts';

/** `perista version` */
export function printVersion(): Promise<number> {
  process.stdout.write(`${version}\n`);
  return Promise.resolve(0);
}
