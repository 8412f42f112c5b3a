import { unlinkSync } from 'node:fs';
import { type AddressInfo, createServer, type ListenOptions, type Server, type Socket } from 'node:net';

export interface OpenDoor {
  /** Of a TCP port; 0 of a socket in the file system. */
  readonly port: number;
  close(): Promise<void>;
}

/** Listens at an address. Rejects with the system's error. */
export function openTcp(
  { host, port, most }: { readonly host: string; readonly port: number; readonly most: number },
  onSocket: (socket: Socket) => void,
): Promise<OpenDoor> {
  const server = createServer(onSocket);
  server.maxConnections = most;
  return listen(server, { host, port });
}

/** Listens at a path that only whoever may enter its folder can reach. What a killed process left there is replaced. */
export function openLocal(path: string, onSocket: (socket: Socket) => void): Promise<OpenDoor> {
  try {
    unlinkSync(path);
  } catch {
    // There is none, or listening says what is wrong with it.
  }
  return listen(createServer(onSocket), { path });
}

function listen(server: Server, options: ListenOptions): Promise<OpenDoor> {
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      server.on('error', () => {});
      const address = server.address();
      resolve({ port: isInfo(address) ? address.port : 0, close });
    });
  });
}

const isInfo = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === 'object' && address !== null;
