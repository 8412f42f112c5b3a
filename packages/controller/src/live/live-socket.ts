import type {
  ClientToServerEvents,
  DeviceClientEvents,
  DeviceClosing,
  DeviceServerEvents,
  ServerToClientEvents,
} from '@perista/protocol/live';
import type { Server, Socket } from 'socket.io';
import type { Login } from '../auth/login.ts';

type In = ClientToServerEvents & DeviceClientEvents;
type Out = ServerToClientEvents & DeviceServerEvents & DeviceClosing;
interface Data {
  login: Login;
}

export type LiveServer = Server<In, Out, Record<string, never>, Data>;
export type LiveSocket = Socket<In, Out, Record<string, never>, Data>;
