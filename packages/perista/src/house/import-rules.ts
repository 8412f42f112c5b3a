import { resolveImport, type SourceFile } from './source-tree.ts';

/** Who may import whom. Whoever is not named here may import nothing of ours. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  protocol: ['core'],
  drivers: ['core'],
  agent: ['core', 'protocol', 'drivers'],
  controller: ['core', 'protocol'],
  web: ['core', 'protocol'],
  simulator: ['core', 'protocol', 'drivers', 'agent', 'controller'],
  perista: ['core', 'protocol', 'drivers', 'agent', 'controller', 'simulator'],
  bench: ['controller', 'core', 'simulator'],
  e2e: ['core', 'protocol', 'drivers', 'agent', 'controller', 'web', 'simulator', 'perista'],
};

const packageOf = (specifier: string): string | undefined =>
  /^@perista\/([^/]+)/.exec(specifier)?.[1] ?? /^(perista)(\/|$)/.exec(specifier)?.[1];

/** Imports against the direction, as `file → specifier`. */
export function wrongDirections(files: readonly SourceFile[]): string[] {
  return imports(files, ({ home }, specifier) => {
    const target = packageOf(specifier);
    return target !== undefined && target !== home && !MAY_IMPORT[home]?.includes(target);
  });
}

/** Imports that reach past a package's door: by a path that it does not export, or through the file system. */
export function wrongDoors(files: readonly SourceFile[], doors: ReadonlySet<string>): string[] {
  return imports(files, (file, specifier) => {
    if (!specifier.startsWith('.')) return packageOf(specifier) !== undefined && !doors.has(specifier);
    const isOutside = file.home === 'e2e' || file.home === 'bench';
    const house = isOutside ? `${file.home}/` : `packages/${file.home}/`;
    return !resolveImport(file, specifier).startsWith(house);
  });
}

/** Node's own modules where no I/O may be. */
export function nodeModulesIn(files: readonly SourceFile[]): string[] {
  return imports(files, (_file, specifier) => specifier.startsWith('node:'));
}

/** One import cycle for each group of files that import each other, types included, as `a → b → a`. */
export function importCycles(files: readonly SourceFile[], entries: ReadonlyMap<string, string>): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' → '));
    const file = byPath.get(path);
    if (start >= 0 || done.has(path) || file === undefined) return;
    for (const specifier of file.imports) {
      const target = specifier.startsWith('.') ? resolveImport(file, specifier) : entries.get(specifier);
      if (target !== undefined) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return cycles;
}

function imports(files: readonly SourceFile[], isWrong: (file: SourceFile, specifier: string) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports.filter((specifier) => isWrong(file, specifier)).map((specifier) => `${file.path} → ${specifier}`),
  );
}
