import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openSerialLine } from './open-serial-line.ts';

// Proves that a wrong address or baud rate is refused with the reason, before anything is opened.
describe('openSerialLine', () => {
  it.each([
    ['ttyAMA0', {}, 'must be a device as /dev/ttyAMA0, or tcp://host:port'],
    ['tcp://localhost', {}, 'with a port from 1 to 65535'],
    ['tcp://localhost:99999', {}, 'with a port from 1 to 65535'],
    ['tcp://localhost:1/path', {}, 'must be tcp://host:port'],
    ['/dev/ttyAMA0', { baud: 25_000 }, '25000, though the board offers it'],
    ['/dev/ttyAMA0', { baud: 38_401 }, 'must be one of 9600, 19200, 38400, 57600, 115200; not 38401'],
  ])('refuses %s %o', (address, options, sentence) => {
    expect(() => openSerialLine(address, options)).toThrow(sentence);
  });

  it('says what to do about a device that is not there (E106)', async () => {
    await expect(openSerialLine('/dev/no-such-uart')()).rejects.toMatchObject({
      code: 'E106',
      message: expect.stringContaining('there is no such device'),
    });
  });
});

// Proves that bytes pass a TCP line both ways, and that its end is noticed.
describe('tcp line', () => {
  it('carries bytes, tells its loss, and refuses bytes after it', async () => {
    const clients = Promise.withResolvers<Socket>();
    const server = createServer((socket) => clients.resolve(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;

    const line = await openSerialLine(`tcp://127.0.0.1:${port}`)();
    const client = await clients.promise;
    const heard = Promise.withResolvers<Uint8Array>();
    const lost = Promise.withResolvers<void>();
    line.onData(heard.resolve);
    line.onClose(lost.resolve);

    const arrived = new Promise<Uint8Array>((resolve) => client.once('data', resolve));
    await line.write(Uint8Array.of(1, 2, 3));
    expect([...(await arrived)]).toEqual([1, 2, 3]);
    client.write(Uint8Array.of(4, 5));
    expect([...(await heard.promise)]).toEqual([4, 5]);

    client.destroy();
    await lost.promise;
    await expect(line.write(Uint8Array.of(6))).rejects.toMatchObject({ code: 'E106' });
    await line.close();
    await new Promise((resolve) => server.close(resolve));
    await expect(openSerialLine(`tcp://127.0.0.1:${port}`)()).rejects.toMatchObject({ code: 'E106' });
  });
});
