/** A two-wire bus with us as its only master. Every method rejects with PeristaError E307. */
export interface I2cBus {
  /**
   * One transaction with the device at a 7-bit `address`: all of `bytes` are written; then, behind a repeated START,
   * `readLength` bytes are read. Nothing else passes on the bus in between.
   */
  transfer(address: number, bytes: Uint8Array, readLength: number): Promise<Uint8Array>;
  close(): Promise<void>;
}
