/** A setting that breaks its rule. */
export interface Mistake {
  /** Path of the key, such as `hardware.pumps[0].line`, or the name of a variable or option. */
  readonly key: string;
  readonly rule: string;
  /** As it was given; undefined where there is none to show, and for secrets. */
  readonly value?: unknown;
  /** Where it was given: `perista.yaml:12`, `environment`, `command line`. */
  readonly origin: string;
}

/** Key, rule, value and origin in one line. */
export function describeMistake({ key, rule, value, origin }: Mistake): string {
  const tellsValue = value === undefined || /, (is|not) /.test(rule);
  return `${key} ${rule}${tellsValue ? '' : `, is ${JSON.stringify(value)}`} [${origin}]`;
}
