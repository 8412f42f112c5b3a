export { type Agent, startAgent } from './agent.ts';
export { FileJournalStorage } from './journal/file-journal-storage.ts';
export type { JournalStorage } from './journal/journal-storage.ts';
export { MemoryJournalStorage } from './journal/memory-journal-storage.ts';
export type { AgentPorts } from './ports.ts';
export type { CreateDriver } from './pumps/create-driver.ts';
export type { PumpSetup } from './pumps/pump-setup.ts';
export { zmqRouterFrames } from './zmq-router-frames.ts';
