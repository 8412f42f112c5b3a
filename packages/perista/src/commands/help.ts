import { SETTINGS, type SettingEntry } from '@perista/protocol/settings';

const COMMANDS = [
  ['start', 'run the whole unit: agent, controller and, unless told otherwise, MQTT broker and emulated hardware'],
  ['agent', 'run the agent alone: it drives the pumps'],
  ['controller', 'run the controller alone: ledger, API and web'],
  ['broker', 'run the embedded MQTT broker alone'],
  ['guard', 'hold relay lines for an agent and let none stay on; with "off": turn all off'],
  ['emulate', 'run the emulated hardware alone'],
  ['device', 'an emulated infusion device at an MQTT broker, with you at its keys'],
  ['devices', 'many of them, which answer by themselves'],
  ['device-monitor', 'print the address of the page that shows what remote devices tell, and open it'],
  ['commission', 'set up a motor board on a serial line, step by step'],
  ['simulate', 'live through years of a unit in minutes, with faults, and check the rules of dosing'],
  ['fram', 'show what stands in the memory of a dosing unit, or import it into a unit'],
  ['version', 'print the version'],
  ['help', 'print this'],
] as const;

/** `perista help` */
export function help(): Promise<number> {
  const options = (Object.values(SETTINGS) as SettingEntry[]).map((entry): [string, string] => [
    entry.flag ? `--${entry.flag}` : '',
    `${entry.env}: ${entry.help}${entry.default === undefined ? '' : ` [${entry.default}]`}`,
  ]);
  options.push(['--config', 'Settings file; else perista.yaml in the data folder or where Perista was started']);
  const lines = [
    'perista doses liquids with peristaltic pumps and always knows what it gave.',
    '',
    'Usage: perista <command> [options]',
    '',
    ...table(COMMANDS),
    '',
    'Options, each with the variable that means the same (the option wins, then the variable, then perista.yaml):',
    ...table(options),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return Promise.resolve(0);
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}
