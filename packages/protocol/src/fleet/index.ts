export * from './commands.ts';
export * from './messages.ts';
export * from './read-command.ts';
export * from './topics.ts';
