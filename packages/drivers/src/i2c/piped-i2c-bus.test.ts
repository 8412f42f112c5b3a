// Proves that a bus behind a pipe passes transactions on as they are, one at a time, and is found again after it was lost.
import { VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { FakeSerialPort } from '../line/fake-serial-port.ts';
import { pipedI2cBus } from './piped-i2c-bus.ts';
import { decodeTransfer, encodeTransfer, NOT_ACKNOWLEDGED, TRANSFER_DONE } from './piped-transfer.ts';

const BYTES = Uint8Array.of(6, 0x60, 1, 2);

describe('a transaction in a pipe', () => {
  it('comes back as it was, from any pieces', () => {
    const transfer = { address: 0x50, bytes: BYTES, readLength: 300 };
    const stream = Uint8Array.from([...encodeTransfer(transfer), ...encodeTransfer(transfer)]);
    for (let length = 0; length < stream.length / 2; length++) {
      expect(decodeTransfer(stream.subarray(0, length))).toBeNull();
    }
    expect(decodeTransfer(stream)).toEqual({ transfer, length: stream.length / 2 });
  });
});

describe('a bus behind a pipe', () => {
  const clock = new VirtualClock();

  it('sends one transaction after the other, and hears the answer in any pieces', async () => {
    const open = FakeSerialPort.opener((bytes, port) => {
      const { address, readLength } = decodeTransfer(bytes)?.transfer ?? { address: 0, readLength: 0 };
      port.say(TRANSFER_DONE);
      port.say(...Array.from({ length: readLength }, (_, index) => address + index));
    });
    const bus = pipedI2cBus(open, clock);
    const answers = Promise.all([
      bus.transfer(0x50, BYTES, 2),
      bus.transfer(0x68, BYTES, 3),
      bus.transfer(0x68, BYTES, 0),
    ]);
    expect(await clock.until(answers)).toEqual([
      Uint8Array.of(0x50, 0x51),
      Uint8Array.of(0x68, 0x69, 0x6a),
      new Uint8Array(0),
    ]);
  });

  it('tells a device that does not acknowledge from a bus that does not answer (E307)', async () => {
    const absent = pipedI2cBus(
      FakeSerialPort.opener((_, port) => port.say(NOT_ACKNOWLEDGED)),
      clock,
    );
    await expect(clock.until(absent.transfer(0x51, BYTES, 1))).rejects.toMatchObject({
      code: 'E307',
      message: 'Device 0x51 does not answer',
    });
    const dumb = pipedI2cBus(
      FakeSerialPort.opener(() => {}),
      clock,
    );
    await expect(clock.until(dumb.transfer(0x51, BYTES, 1))).rejects.toMatchObject({
      code: 'E307',
      message: 'Device 0x51 cannot be reached: the bus does not answer',
    });
  });

  it('opens a pipe that was lost again', async () => {
    const opened: FakeSerialPort[] = [];
    let isDumb = true;
    const open = FakeSerialPort.opener((_, port) => {
      if (isDumb) port.lose();
      else port.say(TRANSFER_DONE, 7);
    }, opened);
    const bus = pipedI2cBus(open, clock);
    await expect(clock.until(bus.transfer(0x50, BYTES, 1))).rejects.toMatchObject({ code: 'E307' });
    isDumb = false;
    expect(await clock.until(bus.transfer(0x50, BYTES, 1))).toEqual(Uint8Array.of(7));
    expect(opened).toHaveLength(2);
    await bus.close();
  });
});
