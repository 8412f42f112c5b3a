export * from './emulated-steppers.ts';
export * from './layers.ts';
export * from './perista-yaml.ts';
export * from './relay-unit.ts';
export * from './rules.ts';
export * from './saved-settings.ts';
export * from './setting-table.ts';
