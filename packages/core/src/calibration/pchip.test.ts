// Proves that the interpolant meets its points, rises where they rise, never overshoots them, and keeps straight lines.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pchip } from './pchip.ts';

const risingPoints = fc
  .array(
    fc.record({
      dx: fc.double({ min: 0.1, max: 100, noNaN: true }),
      dy: fc.double({ min: 0.01, max: 50, noNaN: true }),
    }),
    {
      minLength: 2,
      maxLength: 9,
    },
  )
  .map((steps) => {
    let [x, y] = [0, 0];
    return steps.map(({ dx, dy }) => {
      x += dx;
      y += dy;
      return { x, y };
    });
  });

const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('pchip', () => {
  it('meets every point', () => {
    fc.assert(
      fc.property(risingPoints, (points) => {
        const curve = pchip(
          points.map(({ x }) => x),
          points.map(({ y }) => y),
        );
        for (const { x, y } of points) expect(curve(x)).toBeCloseTo(y, 9);
      }),
    );
  });

  it('stays between the two points around it and rises between them', () => {
    fc.assert(
      fc.property(risingPoints, fc.nat(), share, share, (points, pick, a, b) => {
        const curve = pchip(
          points.map(({ x }) => x),
          points.map(({ y }) => y),
        );
        const index = pick % (points.length - 1);
        const [left, right] = points.slice(index, index + 2);
        if (left === undefined || right === undefined) throw new Error('two neighbours were picked');
        const [near, far] = [Math.min(a, b), Math.max(a, b)].map((t) => curve(left.x + t * (right.x - left.x)));
        const slack = 1e-9 * right.y;
        expect(near).toBeGreaterThanOrEqual(left.y - slack);
        expect(far).toBeLessThanOrEqual(right.y + slack);
        expect(far).toBeGreaterThanOrEqual((near ?? 0) - slack);
      }),
    );
  });

  it('draws a straight line through points of one', () => {
    const curve = pchip([1, 2, 5, 9], [2, 4, 10, 18]);
    for (const x of [1, 1.5, 3, 4.99, 7, 9]) expect(curve(x)).toBeCloseTo(2 * x, 12);
  });

  it('agrees with a reference implementation', () => {
    // scipy.interpolate.PchipInterpolator([0, 1, 3, 4], [0, 2, 3, 7])([0.5, 2, 3.5])
    const curve = pchip([0, 1, 3, 4], [0, 2, 3, 7]);
    expect(curve(0.5)).toBeCloseTo(1.2053571428571428, 12);
    expect(curve(2)).toBeCloseTo(2.471042471042471, 12);
    expect(curve(3.5)).toBeCloseTo(4.475788288288288, 12);
  });

  it('is flat at a peak, and bends its ends no further than the first and last rise allow', () => {
    expect(pchip([0, 1, 2], [0, 1, 0])(0.5)).toBeCloseTo(0.75, 12);
    expect(pchip([0, 1, 2], [0, 0.1, 10.1])(0.5)).toBeCloseTo(0.05 - 0.125 * (6 / 30.3), 12);
    expect(pchip([0, 1, 2], [0, 1, -9])(0.5)).toBeCloseTo(0.875, 12);
    expect(pchip([0, 1, 2], [0, 1, 1])(1.5)).toBe(1);
  });

  it('takes arguments without values for a bug of its caller', () => {
    expect(() => pchip([], [])).toThrow('at least one');
    expect(() => pchip([1, 2], [1])).toThrow('as many values as arguments');
  });

  it('is flat with a single point', () => {
    expect(pchip([50], [9])(50)).toBe(9);
  });
});
