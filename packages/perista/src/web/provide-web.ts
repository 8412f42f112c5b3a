import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { root, runStep, seconds } from '../tooling/run-step.ts';
import { WEB_FOLDER, WEB_PACKAGE } from './web-folder.ts';

/** What the built GUI depends on. */
const SOURCES = ['packages/web', 'packages/core/src', 'packages/protocol/src'];
const NO_SOURCE = /(^|\/)(node_modules|dist[^/]*)$|\.test\.tsx?$/;
const STAMP = '.perista-build';
const COMPRESSED = /\.(js|css|html|svg)$/;

/** The GUI could not be built; everything but the screens works without it. */
export type WebBuild = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly output: string };

/** A build takes seconds, on a Pi half a minute. */
const BUILD_LIMIT_MS = 180_000;

/**
 * Builds the GUI if its sources have changed since it was built. What is old goes first: it must not speak to a new API.
 * What is new is put in its place at the end, so that a build that was killed leaves nothing half. It never throws.
 */
export async function provideWeb(say: (line: string) => void): Promise<WebBuild> {
  if (!existsSync(join(WEB_PACKAGE, 'vite.config.ts'))) return { kind: 'ready' };
  try {
    const wanted = stampOfSources();
    return wanted === stampOfBuild() ? { kind: 'ready' } : await build(wanted, say);
  } catch (thrown) {
    return { kind: 'failed', output: String(thrown) };
  }
}

async function build(wanted: string, say: (line: string) => void): Promise<WebBuild> {
  removeRemains();
  rmSync(WEB_FOLDER, { recursive: true, force: true });
  say('building the screens (before the first run and after an update)');
  const fresh = `${WEB_FOLDER}-${process.pid}`;
  const { passed, output, durationMs } = await runStep(
    {
      name: 'build of the GUI',
      tool: 'vite/bin/vite.js',
      args: ['build', WEB_PACKAGE, '--outDir', fresh, '--logLevel', 'error'],
    },
    'pipe',
    BUILD_LIMIT_MS,
  );
  if (!passed) {
    rmSync(fresh, { recursive: true, force: true });
    return { kind: 'failed', output };
  }
  compress(fresh);
  writeFileSync(join(fresh, STAMP), wanted);
  putInPlace(fresh, wanted);
  say(`screens built in ${seconds(durationMs)}`);
  return { kind: 'ready' };
}

function stampOfSources(): string {
  const hash = createHash('sha256');
  const paths = [join(root, 'package-lock.json'), ...SOURCES.flatMap((source) => filesOf(join(root, source)))];
  for (const path of paths.sort()) {
    hash.update(`${relative(root, path)}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

function filesOf(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const below = join(path, entry.name);
    if (NO_SOURCE.test(below)) return [];
    return entry.isDirectory() ? filesOf(below) : [below];
  });
}

function stampOfBuild(): string | undefined {
  try {
    return readFileSync(join(WEB_FOLDER, STAMP), 'utf8');
  } catch {
    return undefined;
  }
}

/** Phones beside a tank have slow networks, and a Pi has better to do than to compress the same file again. */
function compress(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !COMPRESSED.test(path)) continue;
    const text = readFileSync(path);
    writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
    writeFileSync(`${path}.br`, brotliCompressSync(text));
  }
}

/** Another start may have built the same meanwhile: then that one stands, for pages may be loading it. */
function putInPlace(fresh: string, wanted: string): void {
  const isThere = stampOfBuild() === wanted;
  rmSync(isThere ? fresh : WEB_FOLDER, { recursive: true, force: true });
  if (!isThere) renameSync(fresh, WEB_FOLDER);
}

/** What builds left that were killed. */
function removeRemains(): void {
  for (const name of readdirSync(WEB_PACKAGE)) {
    const [, pid] = /^dist-(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(WEB_PACKAGE, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
