import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The repository. */
export const root = join(import.meta.dirname, '..', '..', '..', '..');

/** What holds nothing written by hand; `.git` is a file in a second worktree. */
const SKIPPED = new Set(['node_modules', '.git', 'data', 'dist', 'coverage', 'gen']);

export interface SourceFile {
  /** From the repository's root. */
  readonly path: string;
  /** Folder under `packages/`, or `e2e` or `bench`. */
  readonly home: string;
  readonly text: string;
  /** What it imports or re-exports, types included, as written. */
  readonly imports: readonly string[];
}

/** All files below a folder of the repository, from its root. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (SKIPPED.has(entry.name)) return [];
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

export const readText = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Our TypeScript, tests included. */
export function sourceFiles(): SourceFile[] {
  return ['packages', 'e2e', 'bench']
    .flatMap(filesBelow)
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => sourceFile(path, readText(path)));
}

export function sourceFile(path: string, text: string): SourceFile {
  const [top = '', second = ''] = path.split('/');
  return { path, home: top === 'packages' ? second : top, text, imports: importsOf(text) };
}

/** The file that a relative import means, from the root. */
export function resolveImport(from: SourceFile, specifier: string): string {
  return relative(root, join(root, dirname(from.path), specifier));
}

/** The text without comments and without what stands in quotes, so that only code is left. */
export function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, (found) =>
    found.startsWith('/') ? '' : "''",
  );
}

function importsOf(text: string): string[] {
  const withoutComments = text.replace(/^\s*(\/\/.*|\/\*[\s\S]*?\*\/)$/gm, '');
  const patterns = [
    /^(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^import\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  ];
  return patterns.flatMap((pattern) => [...withoutComments.matchAll(pattern)].map(([, found]) => found ?? ''));
}
