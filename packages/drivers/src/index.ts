export * from './line/serial-port.ts';
export * from './pump-driver.ts';
