export * from './doses.ts';
export * from './events.ts';
export * from './health.ts';
export * from './identifiers.ts';
export * from './problem.ts';
export * from './pumps.ts';
export * from './session.ts';
export * from './stops.ts';
