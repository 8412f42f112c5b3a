import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of this release's compiled sources; those of other releases are removed. Call it before any process uses it. */
export function compileCache(dataDir: string, version: string): string {
  const folder = join(dataDir, 'cache');
  try {
    for (const name of readdirSync(folder)) {
      if (name !== version) rmSync(join(folder, name), { recursive: true, force: true });
    }
  } catch {
    // It is a cache: there is none yet, or it goes on as it is.
  }
  return join(folder, version);
}
