const SIZES = ['short', 'long', 'full'] as const;
type Size = (typeof SIZES)[number];

/**
 * How much a campaign does: `short` in `npm test`, `long` in `npm run test:long`, `full` in `npm run test:long -- --full`.
 * PERISTA_CAMPAIGN says which. @throws for another word
 */
export function campaignSize(sizes: Readonly<Record<Size, number>>): number {
  const wanted = process.env.PERISTA_CAMPAIGN ?? 'short';
  const size = SIZES.find((one) => one === wanted);
  if (size === undefined) throw new Error(`PERISTA_CAMPAIGN must be ${SIZES.join(', ')}, not "${wanted}"`);
  return sizes[size];
}
