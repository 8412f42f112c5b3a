export * from './device-events.ts';
export * from './events.ts';
