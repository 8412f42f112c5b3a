// Proves that frames pass whole over real ZeroMQ sockets, both ways, that a peer which is gone stops nobody, and that
// closing is clean.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPeristaError, silentLog } from '@perista/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Dealer } from 'zeromq';
import { zmqRouterFrames } from './zmq-router-frames.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perista-link-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const dealer = (endpoint: string) => {
  const socket = new Dealer({ linger: 0, immediate: true });
  socket.connect(endpoint);
  return socket;
};

describe('zmqRouterFrames', () => {
  it('brings frames from each peer and answers back to it', async () => {
    const endpoint = `ipc://${folder}/agent`;
    const frames = await zmqRouterFrames(endpoint, silentLog);
    frames.onFrame((peer, frame) => {
      for (const suffix of [1, 2, 3]) frames.send(peer, Uint8Array.from([...frame, suffix]));
    });
    const peers = [dealer(endpoint), dealer(endpoint)];
    for (const [index, peer] of peers.entries()) {
      await peer.send(Uint8Array.from([10 + index]));
      const answers = [await peer.receive(), await peer.receive(), await peer.receive()];
      expect(answers.map(([frame]) => [...(frame ?? [])])).toEqual([1, 2, 3].map((suffix) => [10 + index, suffix]));
    }
    for (const peer of peers) peer.close();
    await frames.close();
    expect(frames.send('00', new Uint8Array())).toBe(false);
  });

  it('drops what is meant for a peer that is gone, and goes on', async () => {
    const endpoint = `ipc://${folder}/agent`;
    const frames = await zmqRouterFrames(endpoint, silentLog);
    const heard = new Promise<string>((resolve) => {
      frames.onFrame((peer) => resolve(peer));
    });
    frames.send('0011223344', new Uint8Array([1]));
    const peer = dealer(endpoint);
    await peer.send(new Uint8Array([1]));
    frames.send(await heard, new Uint8Array([2]));
    expect([...((await peer.receive())[0] ?? [])]).toEqual([2]);
    peer.close();
    await frames.close();
  });

  it('tells with E305 that it cannot listen', async () => {
    const thrown: unknown = await zmqRouterFrames(`ipc://${folder}/no/such/folder`, silentLog).catch(
      (error: unknown) => error,
    );
    expect(isPeristaError(thrown, 'E305')).toBe(true);
  });
});
