type CsvValue = string | number | null;

/** Columns of a table: its heading, and what a row holds there. */
export type CsvColumns<Row> = readonly (readonly [heading: string, read: (row: Row) => CsvValue])[];

/**
 * A table as RFC 4180 text, one chunk per page, read only as fast as the receiver takes it.
 * `nextPage` is asked with the cursor of the page before, null at first.
 */
export async function* csvPages<Row>(
  columns: CsvColumns<Row>,
  nextPage: (cursor: string | null) => { items: readonly Row[]; next_cursor: string | null },
): AsyncGenerator<string> {
  yield csvLine(columns.map(([heading]) => heading));
  let cursor: string | null = null;
  do {
    const page = nextPage(cursor);
    yield page.items.map((row) => csvLine(columns.map(([, read]) => read(row)))).join('');
    cursor = page.next_cursor;
  } while (cursor !== null);
}

/** One line with its CRLF. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

/** A spreadsheet runs text that begins like a formula; an apostrophe before it keeps it text. Numbers are safe. */
const FORMULA_START = /^[=+\-@\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]/;

function cell(value: CsvValue): string {
  if (typeof value === 'number') return String(value);
  const text = FORMULA_START.test(value ?? '') ? `'${value}` : (value ?? '');
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
