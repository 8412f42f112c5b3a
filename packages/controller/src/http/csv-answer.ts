import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type CsvColumns, csvPages } from './csv.ts';

const ROWS_A_PAGE = 500;

/** A table as an answer, for the API's description. */
export const CsvAnswer = {
  description: 'Comma-separated values (RFC 4180), UTF-8, with a heading line',
  content: { 'text/csv': { schema: z.string() } },
};

/** Streams a table; a page is read when the receiver has taken the one before. */
export function sendCsv<Row>(
  reply: FastifyReply,
  fileName: string,
  columns: CsvColumns<Row>,
  readPage: (page: { limit: number; cursor?: string }) => { items: readonly Row[]; next_cursor: string | null },
): FastifyReply {
  const pages = csvPages(columns, (cursor) => readPage({ limit: ROWS_A_PAGE, ...(cursor !== null && { cursor }) }));
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${fileName}"`)
    .send(Readable.from(pages));
}
