import { dirname, join } from 'node:path';

/** Files that a text names as `packages/…`, extension included. */
export function namedSources(text: string): string[] {
  return [...new Set(text.match(/\bpackages\/[\w./-]+\.(?:tsx?|mjs|proto|json)\b/g) ?? [])];
}

/** Codes that have a heading `## Exxx …`. */
export function headingCodes(text: string): string[] {
  return [...text.matchAll(/^## (E\d{3})\b/gm)].map(([, code]) => code ?? '');
}

/** Packages named in backticks in the first cell of a table's rows. What comes with Node is no package. */
export function listedPackages(text: string): string[] {
  return [...text.matchAll(/^\|([^|]*)\|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''))
    .filter((name) => !name.startsWith('node:'));
}

/** Relative links of a Markdown file that lead to nothing, as `file → link`. */
export function deadLinks(path: string, text: string, exists: (path: string) => boolean): string[] {
  const withoutCode = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link ?? '')
    .filter((link) => !/^([a-z]+:|#)/.test(link))
    .filter((link) => !exists(join(dirname(path), decodeURI(link.replace(/#.*/, '')))))
    .map((link) => `${path} → ${link}`);
}
