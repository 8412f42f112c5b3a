import { ERRORS, type ErrorCode } from '@perista/core';
import { z } from 'zod';

/** Answer schema of a route that shows a page. */
export const HtmlAnswer = { description: 'A page', content: { 'text/html': { schema: z.string() } } };

/** What stands at `/`. */
export const homePage = page(
  'Perista',
  `<p>Perista doses liquids with peristaltic pumps, precisely, and always knows what it gave.</p>
<ul>
<li><a href="/api/docs/">The API, to read and to try</a></li>
<li><a href="/api/health">Health of this unit</a></li>
<li><a href="/api/errors">Error codes</a></li>
</ul>`,
);

/** The error catalogue, one anchor per code. */
export function errorsPage(codes: readonly ErrorCode[]): string {
  const rows = codes.map((code) => {
    const { title, status, retryable } = ERRORS[code];
    const advice = retryable
      ? 'The same request may succeed later.'
      : 'The same request will not succeed as it stands.';
    return `<dt id="${code}"><strong>${code}</strong> ${title}</dt>\n<dd>HTTP ${status}. ${advice}</dd>`;
  });
  return page('Perista error codes', `<dl>\n${rows.join('\n')}\n</dl>`);
}

/** No script, no style, nothing loaded: it shows in every browser and under the strictest policy. */
function page(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`;
}
