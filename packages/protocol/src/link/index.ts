export * from './cap.ts';
export * from './enums.ts';
export * from './envelope.ts';
export * from './frames.ts';
export * from './gen/link_pb.js';
export * from './messages.ts';
export * from './send-queue.ts';
