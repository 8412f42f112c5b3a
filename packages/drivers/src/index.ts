export * from './commission/commission-board.ts';
export * from './line/open-serial-line.ts';
export * from './line/serial-port.ts';
export * from './pump-driver.ts';
export * from './servo42c/board-settings.ts';
export * from './servo42c/servo42c-config.ts';
export * from './servo42c/servo42c-driver.ts';
export * from './servo42c/servo42c-line.ts';
