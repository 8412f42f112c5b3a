/** A byte pipe to one or more boards: a UART, a pseudo terminal or a TCP socket. Opened by whoever made it. */
export interface SerialPort {
  /** Resolves when the bytes were handed to the operating system. Rejects with PeristaError E106 once closed or lost. */
  write(bytes: Uint8Array): Promise<void>;
  /** Calls back for each piece that arrives, in order; one listener. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Calls back once when the pipe is lost or closed. */
  onClose(listener: () => void): void;
  close(): Promise<void>;
}

/** Opens the pipe, exclusively; rejects with PeristaError E106. Called again after a loss. */
export type OpenSerialPort = () => Promise<SerialPort>;

/** A serial line of the settings. */
export interface SerialLine {
  readonly open: OpenSerialPort;
  /** Baud rate of its boards. */
  readonly baud: number;
}
