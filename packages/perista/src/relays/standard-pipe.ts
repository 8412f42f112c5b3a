import type { SerialPort } from '@perista/drivers';

/** Our stdin and stdout: orders in, answers out. Lost when whoever started us is gone. */
export function standardPipe(): SerialPort {
  const { stdin, stdout } = process;
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    onData: (listener) => void stdin.on('data', listener),
    onClose(listener) {
      for (const end of ['end', 'error', 'close']) stdin.once(end, listener);
      stdout.once('error', listener);
    },
    async close() {
      stdin.destroy();
    },
  };
}
