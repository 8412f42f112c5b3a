export * from './device-events.ts';
export * from './events.ts';
export * from './plain-message.ts';
