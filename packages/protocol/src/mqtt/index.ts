export * from './dose-order.ts';
export * from './messages.ts';
export * from './topics.ts';
