/** Share by which a comparison may be missed through floating-point rounding alone. */
export const ROUNDING = 1e-9;
