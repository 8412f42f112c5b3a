import { PeristaYaml, SETTINGS, type SettingEntry, type SettingName } from '@perista/protocol/settings';
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { Mistake } from './mistake.ts';
import { hintFor } from './nearest-name.ts';
import type { SourceValues } from './text-source.ts';

export interface YamlFile {
  readonly path: string;
  readonly text: string;
}

type Path = readonly PropertyKey[];

/** `perista.yaml`: its values, or all its mistakes with their lines. */
export function readYaml({ path: file, text }: YamlFile): SourceValues & { readonly yaml: PeristaYaml } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  const broken = document.errors.map(
    ({ message, pos }): Mistake => ({
      key: 'The file',
      rule: `is not valid YAML: ${message.split('\n')[0]}`,
      origin: at(pos[0]),
    }),
  );
  if (broken.length > 0) return { values: {}, mistakes: broken, yaml: {} };

  const parsed = PeristaYaml.safeParse(document.toJS() ?? {});
  if (parsed.success) return { values: settingsOf(parsed.data), mistakes: [], yaml: parsed.data };
  const mistakes = parsed.error.issues.flatMap((issue): Mistake[] => {
    const origin = (path: Path) => at(offsetOf(document, path));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        key: keyOf([...issue.path, key]),
        rule: `is not a setting${hintFor(key, siblingsOf(issue.path))}`,
        origin: origin([...issue.path, key]),
      }));
    }
    const value = document.getIn(issue.path);
    return [
      {
        key: keyOf(issue.path),
        rule: issue.message,
        origin: origin(issue.path),
        ...(isScalar(value) ? { value } : {}),
      },
    ];
  });
  return { values: {}, mistakes, yaml: {} };
}

function settingsOf(yaml: PeristaYaml): SourceValues['values'] {
  const sections: Record<string, Record<string, unknown> | undefined> = yaml;
  const given = (Object.entries(SETTINGS) as [SettingName, SettingEntry][]).flatMap(([name, { yaml: place }]) => {
    const value = place && sections[place[0]]?.[place[1]];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(given);
}

/** `hardware.pumps[0].line` */
function keyOf(path: Path): string {
  const key = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return key.replace(/^\./, '') || 'The file';
}

/** Where the key or its nearest parent stands in the text. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (hasRange(node)) return node.range[0];
  }
  return 0;
}

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** Keys that the schema knows at a place. */
function siblingsOf(path: Path): string[] {
  let schema: unknown = PeristaYaml;
  for (const part of path) {
    schema = unwrapped(schema);
    if (typeof schema !== 'object' || schema === null) return [];
    if (typeof part === 'number' && 'element' in schema) schema = schema.element;
    else if ('shape' in schema) schema = (schema.shape as Record<PropertyKey, unknown>)[part];
  }
  const found = unwrapped(schema);
  return typeof found === 'object' && found !== null && 'shape' in found ? Object.keys(found.shape as object) : [];
}

function unwrapped(schema: unknown): unknown {
  let inner = schema;
  while (typeof inner === 'object' && inner !== null && 'unwrap' in inner && !('element' in inner)) {
    inner = (inner.unwrap as () => unknown)();
  }
  return inner;
}
