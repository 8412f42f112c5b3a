import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { Router } from 'zeromq';
import { zmqDealerFrames } from './zmq-dealer-frames.ts';

describe('the link over ZeroMQ', () => {
  it('carries frames both ways, and nothing that was sent before the agent was there', async () => {
    const endpoint = `ipc://${join(mkdtempSync(join(tmpdir(), 'perista-zmq-')), 'link')}`;
    const frames = zmqDealerFrames(endpoint, silentLog);
    const received = Promise.withResolvers<Uint8Array>();
    frames.onFrame(received.resolve);
    expect(frames.send(Uint8Array.of(1)), 'nobody is there').toBe(false);

    const router = new Router({ linger: 0, receiveTimeout: 10_000 });
    await router.bind(endpoint);
    let sent = 0;
    const turns = setInterval(() => {
      if (sent === 0 && frames.send(Uint8Array.of(2))) sent++;
    }, 5);
    const [peer, frame] = await router.receive();
    clearInterval(turns);
    expect(frame).toEqual(Buffer.of(2));
    await router.send([peer ?? Buffer.of(), Uint8Array.of(3)]);
    expect(Uint8Array.from(await received.promise)).toEqual(Uint8Array.of(3));
    await frames.close();
    expect(frames.send(Uint8Array.of(4))).toBe(false);
    router.close();
  });
});
