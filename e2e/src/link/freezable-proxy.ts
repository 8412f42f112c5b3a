import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';

const opened: { close(): void }[] = [];

afterEach(() => {
  for (const proxy of opened.splice(0)) proxy.close();
});

/** A wire between two TCP ends that can go dead without either end being told: a half-open connection. */
export class FreezableProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #dead = new Set<Socket>();
  #frozen = false;

  private constructor(server: Server) {
    this.#server = server;
    opened.push(this);
  }

  static async to(port: number): Promise<FreezableProxy> {
    const server = createServer();
    const proxy = new FreezableProxy(server);
    server.on('connection', (near) => {
      const far = connect(port, '127.0.0.1');
      proxy.#join(near, far);
      proxy.#join(far, near);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on nothing passes and nobody is told. What was sent meanwhile is lost. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Connections made from now on work; the dead ones stay dead. */
  thaw(): void {
    this.#frozen = false;
    for (const socket of this.#sockets) this.#dead.add(socket);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (bytes) => {
      if (!this.#frozen && !this.#dead.has(from)) to.write(bytes);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
