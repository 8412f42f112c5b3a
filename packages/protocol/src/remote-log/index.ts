export { remoteEventType } from './event-names.ts';
export { RemoteEvent, type RemoteEventType, type SystemStatus } from './remote-event.ts';
