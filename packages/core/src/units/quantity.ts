const PLAIN_DECIMALS = 3;
const MOST_DECIMALS = 12;
const LARGEST_PLAIN = 1e15;

/** A number as a person reads it: 0.30000000004 is "0.3"; what would round to nothing keeps two digits. */
export function formatNumber(value: number, decimals = PLAIN_DECIMALS): string {
  if (Math.abs(value) >= LARGEST_PLAIN) return String(Number(value.toPrecision(4)));
  const rounded = Number(value.toFixed(decimals));
  return String(rounded === 0 ? Number(value.toPrecision(2)) : rounded);
}

/** Two numbers with as many decimals as tell them apart, so that no sentence says "100 is more than 100". */
export function formatApart(value: number, limit: number): [string, string] {
  for (let decimals = PLAIN_DECIMALS; ; decimals++) {
    const texts: [string, string] = [formatNumber(value, decimals), formatNumber(limit, decimals)];
    if (texts[0] !== texts[1] || decimals === MOST_DECIMALS) return texts;
  }
}
