/** A value to be kept or moved, and how much it counts. */
export interface WeightedValue {
  readonly value: number;
  readonly weight: number;
}

interface Pool {
  readonly value: number;
  readonly weight: number;
  readonly size: number;
}

/**
 * The never-falling sequence closest to `values` by weighted least squares: neighbours that fall are pooled at their
 * mean (pool adjacent violators). Values that rise already stay as they are.
 */
export function isotonicRegression(values: readonly WeightedValue[]): number[] {
  const pools: Pool[] = [];
  for (const { value, weight } of values) {
    let pool: Pool = { value, weight, size: 1 };
    for (let before = pools.at(-1); before !== undefined && before.value > pool.value; before = pools.at(-1)) {
      pools.pop();
      pool = merge(before, pool);
    }
    pools.push(pool);
  }
  return pools.flatMap((pool) => Array<number>(pool.size).fill(pool.value));
}

function merge(a: Pool, b: Pool): Pool {
  const weight = a.weight + b.weight;
  return { value: (a.value * a.weight + b.value * b.weight) / weight, weight, size: a.size + b.size };
}
