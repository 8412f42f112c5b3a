// Proves that a table survives a spreadsheet, and is read no faster than it is taken.
import { describe, expect, it } from 'vitest';
import { csvLine, csvPages } from './csv.ts';

describe('a CSV table', () => {
  it('keeps a spreadsheet from running a cell as a formula', () => {
    const cells = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\r=1', '=HYPERLINK("http://evil","x")'];
    for (const cell of cells) expect(csvLine([cell]).replace(/^"/, '')).toMatch(/^'/);
  });

  it('leaves numbers as numbers, negative ones too', () => {
    expect(csvLine([-1.5, 0, null, 'a'])).toBe('-1.5,0,,a\r\n');
  });

  it('quotes what would end a cell or a line', () => {
    expect(csvLine(['a,b', 'say "no"', 'two\nlines'])).toBe('"a,b","say ""no""","two\nlines"\r\n');
  });

  it('reads page by page, the next one only when the last was taken', async () => {
    const asked: (string | null)[] = [];
    const pages = csvPages<number>([['n', (n) => n]], (cursor) => {
      asked.push(cursor);
      return cursor === null ? { items: [3, 2], next_cursor: 'c' } : { items: [1], next_cursor: null };
    });
    expect((await pages.next()).value).toBe('n\r\n');
    expect(asked).toEqual([]);
    expect((await pages.next()).value).toBe('3\r\n2\r\n');
    expect(asked).toEqual([null]);
    expect((await pages.next()).value).toBe('1\r\n');
    expect((await pages.next()).done).toBe(true);
    expect(asked).toEqual([null, 'c']);
  });
});
