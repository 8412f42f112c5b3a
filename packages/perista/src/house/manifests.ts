import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readText, root } from './source-tree.ts';

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const FOLDERS = ['core', 'protocol', 'drivers', 'agent', 'controller', 'web', 'simulator', 'perista']
  .map((name) => `packages/${name}`)
  .concat('e2e', 'bench')
  .filter((folder) => existsSync(join(root, folder, 'package.json')));

const manifestIn = (folder: string): Manifest => JSON.parse(readText(join(folder, 'package.json')));

/** Each door of our packages and the file behind it. */
export function doors(): Map<string, string> {
  const all = FOLDERS.flatMap((folder) => {
    const { name, exports = {} } = manifestIn(folder);
    return Object.entries(exports).map(([key, file]): [string, string] => [join(name, key), join(folder, file)]);
  });
  return new Map(all);
}

/** Names of everything that our packages depend on directly, tools included. */
export function directDependencies(): string[] {
  const manifests = ['.', ...FOLDERS].map(manifestIn);
  const ours = new Set(manifests.map(({ name }) => name));
  const names = manifests.flatMap(({ dependencies, devDependencies, optionalDependencies }) =>
    Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }),
  );
  return [...new Set(names)].filter((name) => !ours.has(name)).sort();
}
