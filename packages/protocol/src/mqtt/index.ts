export * from './dose-order.ts';
export * from './topics.ts';
