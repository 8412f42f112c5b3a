import { emulatedRigs } from './emulated-rig.ts';
import { realLineCases } from './real-line-cases.ts';
import { terminalWorld } from './real-worlds.ts';

realLineCases('SERVO42C on a pseudo terminal with the serialport library', emulatedRigs(terminalWorld));
