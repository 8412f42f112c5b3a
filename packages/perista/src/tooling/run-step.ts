import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The repository. */
export const root = join(import.meta.dirname, '..', '..', '..', '..');

/** A tool of the repository, run on this Node: its file under `node_modules` and its arguments. */
export interface Step {
  readonly name: string;
  readonly tool: string;
  readonly args: readonly string[];
}

export interface StepResult {
  readonly name: string;
  readonly passed: boolean;
  readonly durationMs: number;
  /** What it wrote, unless it wrote to the terminal itself. */
  readonly output: string;
}

/**
 * Runs a step to its end, or for `limitMs`. The channel of this process tells when whoever asked is gone; then the step
 * is stopped.
 */
export function runStep({ name, tool, args }: Step, stdio: 'inherit' | 'pipe', limitMs?: number): Promise<StepResult> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [join(root, 'node_modules', tool), ...args], {
    cwd: root,
    stdio: ['ignore', stdio, stdio],
    env: stdio === 'pipe' ? { ...process.env, NO_COLOR: '1' } : process.env,
    ...(limitMs !== undefined && { timeout: limitMs }),
  });
  const stop = () => child.kill('SIGTERM');
  for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect']) process.once(event, stop);
  const pieces: Buffer[] = [];
  child.stdout?.on('data', (piece: Buffer) => pieces.push(piece));
  child.stderr?.on('data', (piece: Buffer) => pieces.push(piece));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect']) process.off(event, stop);
      const output = Buffer.concat(pieces).toString();
      resolve({ name, passed: code === 0, durationMs: performance.now() - startedMs, output });
    });
  });
}

/** Seconds for a person: `3.1 s`. */
export const seconds = (durationMs: number) => `${(durationMs / 1000).toFixed(1)} s`;
