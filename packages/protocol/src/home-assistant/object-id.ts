/**
 * Id of a device in Home Assistant, made of `[A-Za-z0-9_-]` alone. Different units and pumps never share one: `_-`
 * separates, and an underscore of a name stands twice.
 */
export const objectIdOf = (...names: readonly string[]): string =>
  ['perista', ...names].map((name) => name.replaceAll('_', '__')).join('_-');

/** The names that {@link objectIdOf} was made of; undefined if it was not. */
export function namesIn(objectId: string): string[] | undefined {
  const [maker, ...names] = objectId.split(/(?<=(?:^|[^_])(?:__)*)_-/).map((name) => name.replaceAll('__', '_'));
  return maker === 'perista' ? names : undefined;
}

/** What an entity is called in automations unless its owner renames it, such as `sensor.doser_ph_down_state`. */
export const entityIdOf = (platform: string, ...names: readonly string[]): string =>
  `${platform}.${names
    .join('_')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')}`;
