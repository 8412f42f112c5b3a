/**
 * Id of a device in Home Assistant, made of `[A-Za-z0-9_-]` alone. Different units and pumps never share one: `_-`
 * separates, and an underscore of a name stands twice.
 */
export const objectIdOf = (...names: readonly string[]): string =>
  ['perista', ...names].map((name) => name.replaceAll('_', '__')).join('_-');

/** What an entity is called in automations unless its owner renames it, such as `sensor.doser_ph_down_state`. */
export const entityIdOf = (platform: string, ...names: readonly string[]): string =>
  `${platform}.${names
    .join('_')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')}`;
