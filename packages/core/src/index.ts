export * from './dose/dose.ts';
export * from './errors/catalogue.ts';
export * from './errors/perista-error.ts';
export * from './integrity/crc32.ts';
export * from './ports/clock.ts';
export * from './ports/log.ts';
export * from './ports/random.ts';
export * from './ports/virtual-clock.ts';
