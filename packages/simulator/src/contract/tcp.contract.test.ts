import { emulatedRigs } from './emulated-rig.ts';
import { realLineCases } from './real-line-cases.ts';
import { tcpWorld } from './real-worlds.ts';

realLineCases('SERVO42C on TCP', emulatedRigs(tcpWorld));
