import { runCommand } from './cli.ts';

const [name = 'help', ...args] = process.argv.slice(2);
process.exit(await runCommand(name, args));
