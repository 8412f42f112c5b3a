import { EXIT } from './process/exit-codes.ts';
import { hintFor } from './settings/nearest-name.ts';

/** What runs for a subcommand; it resolves to the exit code. */
export type Command = (args: readonly string[]) => Promise<number>;

/** Each is loaded only when it is called: the agent never loads the controller's server. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).start,
  agent: async () => (await import('./commands/agent.ts')).agent,
  controller: async () => (await import('./commands/controller.ts')).controller,
  broker: async () => (await import('./commands/broker.ts')).broker,
  guard: async () => (await import('./commands/guard.ts')).guard,
  emulate: async () => (await import('./commands/emulate.ts')).emulate,
  simulate: async () => (await import('./commands/simulate.ts')).simulate,
  device: async () => (await import('./commands/device.ts')).device,
  devices: async () => (await import('./commands/devices.ts')).devices,
  'demo-devices': async () => (await import('./commands/demo-devices.ts')).demoDevices,
  'device-monitor': async () => (await import('./commands/device-monitor.ts')).deviceMonitor,
  commission: async () => (await import('./commands/commission.ts')).commission,
  fram: async () => (await import('./commands/fram.ts')).fram,
  version: async () => (await import('./commands/version.ts')).printVersion,
  help: async () => (await import('./commands/help.ts')).help,
};

const ALIASES: Readonly<Record<string, string>> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-v': 'version',
};

/** Runs `perista <name> <args>`; resolves to its exit code. */
export async function runCommand(name: string, args: readonly string[]): Promise<number> {
  const load = COMMANDS[ALIASES[name] ?? name];
  if (load === undefined) {
    process.stderr.write(
      `perista: there is no command ${name}${hintFor(name, Object.keys(COMMANDS))}; see perista help\n`,
    );
    return EXIT.wrongSettings;
  }
  const command = await load();
  return command(args);
}
