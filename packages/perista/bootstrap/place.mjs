import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where Perista lies. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Whether Node comes along as a package for this machine. */
export const hasBundledNode = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);

/** What is told to a person in words, without a stack. */
export class Refusal extends Error {}

export const say = (line) => process.stderr.write(`perista: ${line}\n`);
