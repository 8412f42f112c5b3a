// Regenerates src/link/gen from link.proto. Needs the registry once: buf is fetched on demand.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const here = new URL('.', import.meta.url).pathname;
const buf = spawnSync('npx', ['--yes', '@bufbuild/buf@1.74.0', 'generate'], { cwd: here, stdio: 'inherit' });
if (buf.status !== 0) process.exit(buf.status ?? 1);
const hash = createHash('sha256')
  .update(readFileSync(`${here}/src/link/link.proto`))
  .digest('hex');
writeFileSync(`${here}/src/link/gen/link.proto.sha256`, `${hash}\n`);
