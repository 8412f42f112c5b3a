// What holds for the house as a whole and no linter looks at. Each rule is first shown a small breach that it must see.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS } from '@perista/core';
import { SETTINGS, type SettingEntry } from '@perista/protocol/settings';
import { describe, expect, it } from 'vitest';
import { ambientUses, EXEMPT } from './house/ambient-rules.ts';
import { deadLinks, headingCodes, listedPackages, namedSources } from './house/document-rules.ts';
import { importCycles, nodeModulesIn, wrongDirections, wrongDoors } from './house/import-rules.ts';
import { directDependencies, doors } from './house/manifests.ts';
import { filesBelow, readText, root, sourceFile, sourceFiles } from './house/source-tree.ts';
import { missingWords } from './house/word-rules.ts';
import { readYaml } from './settings/yaml-source.ts';

const files = sourceFiles();
const entries = doors();
const isThere = (path: string) => existsSync(join(root, path));

describe('imports', () => {
  it('go only in the allowed direction', () => {
    const upwards = sourceFile('packages/core/src/x.ts', "import type { Dose } from '@perista/controller';");
    expect(wrongDirections([upwards])).toHaveLength(1);
    expect(wrongDirections(files)).toEqual([]);
  });

  it('pass only through the doors of packages', () => {
    const doorNames = new Set(entries.keys());
    const inside = sourceFile('packages/agent/src/x.ts', "export * from '@perista/core/src/dose/dose.ts';");
    const around = sourceFile('packages/agent/src/y.ts', "import '../../core/src/index.ts';");
    expect(wrongDoors([inside, around], doorNames)).toHaveLength(2);
    expect(wrongDoors(files, doorNames)).toEqual([]);
    for (const [door, file] of entries) expect(isThere(file), `${door} leads to ${file}`).toBe(true);
  });

  it('never form a cycle, types included', () => {
    const a = sourceFile('packages/core/src/a.ts', "import {\n  type B,\n} from './b.ts';");
    const b = sourceFile('packages/core/src/b.ts', "import './a.ts';");
    expect(importCycles([a, b], entries)).toEqual([
      'packages/core/src/a.ts → packages/core/src/b.ts → packages/core/src/a.ts',
    ]);
    expect(importCycles(files, entries)).toEqual([]);
  });

  it('bring no I/O into core and no file or socket of Node into the protocol', () => {
    const pure = files.filter(({ home, path }) => ['core', 'protocol'].includes(home) && !path.endsWith('.test.ts'));
    expect(nodeModulesIn([sourceFile('packages/core/src/x.ts', "import { open } from 'node:fs';")])).toHaveLength(1);
    expect(nodeModulesIn(pure)).toEqual([]);
  });
});

describe('words of a screen', () => {
  it('come with each screen that says them', () => {
    const main = sourceFile('packages/web/src/main.tsx', "import('./a.tsx');\nimport('./b.tsx');");
    const shared = sourceFile('packages/web/src/shared.tsx', "useTranslation(['translation', 'weeks']);");
    const a = sourceFile('packages/web/src/a.tsx', "import './shared.tsx';\naddEnglish('weeks', weeks);");
    const b = sourceFile('packages/web/src/b.tsx', "import { Shared } from './shared.tsx';");
    const lacking = ['packages/web/src/b.tsx: packages/web/src/shared.tsx says "weeks"'];
    expect(missingWords([main, shared, a, b], main.path)).toEqual(lacking);
    expect(missingWords(files, 'packages/web/src/main.tsx')).toEqual([]);
  });
});

describe('logic', () => {
  it('takes time, chance and settings from ports only', () => {
    const taking = [
      'Date.now()',
      'new Date()',
      'Math.random()',
      'setTimeout(f, 1)',
      'performance.now()',
      'process.env.A',
    ];
    const breaches = taking.map((code, index) => sourceFile(`packages/agent/src/x${index}.ts`, `const x = ${code};`));
    expect(ambientUses(breaches)).toHaveLength(taking.length);
    expect(
      ambientUses([sourceFile('packages/agent/src/x.ts', '// Date.now() in words\nclock.setTimeout(f);')]),
    ).toEqual([]);
    expect(ambientUses(files)).toEqual([]);
  });

  it('exempts only files that exist', () => {
    expect(Object.keys(EXEMPT).filter((path) => !isThere(path))).toEqual([]);
  });
});

describe('documents', () => {
  const markdown = ['.', 'docs', 'packages', 'e2e']
    .filter(isThere)
    .flatMap((folder) =>
      (folder === '.' ? filesBelow('.').filter((path) => !path.includes('/')) : filesBelow(folder)).filter((path) =>
        path.endsWith('.md'),
      ),
    );

  it('ARCHITECTURE.md names only files that exist', () => {
    expect(namedSources('see `packages/core/src/gone.ts`.').filter(isThere)).toEqual([]);
    const named = namedSources(readText('ARCHITECTURE.md'));
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((path) => !isThere(path))).toEqual([]);
  });

  it('docs/errors.md explains each code of the catalogue and no other', () => {
    expect(headingCodes('# Errors\n## E101 Motor\n## E999\n')).toEqual(['E101', 'E999']);
    expect(headingCodes(readText('docs/errors.md')).sort()).toEqual(Object.keys(ERRORS).sort());
  });

  it('docs/dependencies.md justifies each direct dependency and no other', () => {
    expect(listedPackages('| `zod`, `@a/b` | `c` in passing |\n| `node:fs` (Node) | |\n')).toEqual(['zod', '@a/b']);
    expect(listedPackages(readText('docs/dependencies.md')).sort()).toEqual(directDependencies());
  });

  it('docs/settings.md has a row for each setting, with all its names, and no other', () => {
    const rows = Object.values(SETTINGS).map((entry: SettingEntry) =>
      [entry.env, entry.flag && `--${entry.flag}`, entry.yaml?.join('.'), entry.default?.toString()]
        .filter(Boolean)
        .join(' '),
    );
    const written = readText('docs/settings.md')
      .split('\n')
      .filter((line) => line.startsWith('| `PERISTA_'));
    const named = written.map((line) =>
      [
        ...line
          .split('|')
          .slice(1, 5)
          .join('|')
          .matchAll(/`([^`]+)`/g),
      ]
        .map(([, name]) => name)
        .join(' '),
    );
    expect(named.sort()).toEqual(rows.sort());
  });

  it('docs/settings.md shows a perista.yaml that is accepted', () => {
    const [, text = ''] = /^```yaml\n([\s\S]*?)^```/m.exec(readText('docs/settings.md')) ?? [];
    expect(readYaml({ path: 'perista.yaml', text }).mistakes).toEqual([]);
    expect(readYaml({ path: 'perista.yaml', text }).yaml.hardware?.pumps).toHaveLength(1);
  });

  it('link to nothing that is missing', () => {
    expect(deadLinks('docs/a.md', '[x](../gone.md) [y](https://a.b) [z](#part)', () => false)).toHaveLength(1);
    expect(markdown.flatMap((path) => deadLinks(path, readText(path), isThere))).toEqual([]);
  });
});

describe('generated code', () => {
  it('comes from the link.proto of today (npm run gen)', () => {
    const proto = readText('packages/protocol/src/link/link.proto');
    const hash = createHash('sha256').update(proto).digest('hex');
    expect(readText('packages/protocol/src/link/gen/link.proto.sha256').trim()).toBe(hash);
  });
});

describe('the repository', () => {
  it('stands alone: nothing names the place or the means by which it was written', () => {
    const foreign = new RegExp(
      ['/wo' + 'rk/', 'shared' + '/', 'clau' + 'de', 'anthro' + 'pic', 'chat' + 'gpt'].join('|'),
      'i',
    );
    expect(foreign.test('see /wo' + 'rk/notes')).toBe(true);
    const written = filesBelow('.').filter((path) => !/package-lock\.json$|\.(png|ico|woff2)$/.test(path));
    expect(written.filter((path) => foreign.test(readText(path)))).toEqual([]);
  });
});
