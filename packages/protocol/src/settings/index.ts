export * from './emulated-steppers.ts';
export * from './perista-yaml.ts';
export * from './relay-unit.ts';
export * from './rules.ts';
export * from './setting-table.ts';
