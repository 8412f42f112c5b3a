import { resolveImport, type SourceFile } from './source-tree.ts';

/** In the page's code: words it says, and words it brings. */
const SAID = /\buseTranslation\(\[([^\]]*)\]/g;
const BROUGHT = /\baddEnglish\('(\w+)'/g;
const LOADED_LATER = /\bimport\(\s*'([^']+)'/g;

/** Words that come with a screen but not with each screen that says them, as `screen: file says "words"`. */
export function missingWords(files: readonly SourceFile[], start: string): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const apart = new Set(files.flatMap(brought));
  const atStart = loadedWith(start, byPath);
  const screens = new Set(files.flatMap((file) => later(file).map((specifier) => resolveImport(file, specifier))));
  return [start, ...screens].flatMap((screen) => {
    const there = new Set([...atStart, ...loadedWith(screen, byPath)]);
    const words = new Set([...there].flatMap(brought));
    return [...there].flatMap((file) =>
      said(file)
        .filter((name) => apart.has(name) && !words.has(name))
        .map((name) => `${screen}: ${file.path} says "${name}"`),
    );
  });
}

const brought = ({ text }: SourceFile): string[] => [...text.matchAll(BROUGHT)].map(([, name]) => name ?? '');
const later = ({ text }: SourceFile): string[] => [...text.matchAll(LOADED_LATER)].map(([, path]) => path ?? '');
const said = ({ text }: SourceFile): string[] =>
  [...text.matchAll(SAID)].flatMap(([, names]) => (names ?? '').split(',').map((name) => name.trim().slice(1, -1)));

/** The file with all that it imports, but what it imports later. */
function loadedWith(path: string, byPath: ReadonlyMap<string, SourceFile>): Set<SourceFile> {
  const found = new Set<SourceFile>();
  const visit = (at: string): void => {
    const file = byPath.get(at);
    if (file === undefined || found.has(file)) return;
    found.add(file);
    const asked = new Set(later(file));
    for (const specifier of file.imports) {
      if (specifier.startsWith('.') && !asked.has(specifier)) visit(resolveImport(file, specifier));
    }
  };
  visit(path);
  return found;
}
