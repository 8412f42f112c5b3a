import { join, resolve } from 'node:path';
import {
  isPlainAbroad,
  type LineSettings,
  type PumpSettings,
  type RelayUnitSettings,
  SETTINGS,
  type SettingName,
  type SettingValues,
} from '@perista/protocol/settings';
import { readCommandLine } from './command-line-source.ts';
import { type Environment, readEnvironment } from './environment-source.ts';
import type { Mistake } from './mistake.ts';
import { readYaml, type YamlFile } from './yaml-source.ts';

/** Everything that a process of Perista is told from outside. `dataDir` is absolute. */
export interface Settings extends SettingValues {
  readonly lines: readonly LineSettings[];
  readonly pumps: readonly PumpSettings[];
  /** The relays of real hardware, if it has any. */
  readonly relayUnit: RelayUnitSettings | undefined;
  /** The file that was read, if any. */
  readonly file: string | undefined;
}

export type LoadedSettings =
  | { readonly kind: 'loaded'; readonly settings: Settings; readonly warnings: readonly string[] }
  | { readonly kind: 'wrong'; readonly mistakes: readonly Mistake[] };

/** What settings are read from. */
export interface SettingsInput {
  readonly args: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  /** Text of a file, or undefined if there is none, or why it cannot be read. */
  readFile(path: string): string | undefined | { readonly error: string };
}

/** `perista.yaml` < environment < command line. All mistakes of all three are found together. */
export function loadSettings(input: SettingsInput): LoadedSettings {
  const commandLine = readCommandLine(input.args);
  const environment = readEnvironment(input.env);
  const given = { ...environment.values, ...commandLine.values };
  const dataDir = resolve(input.cwd, String(given.dataDir ?? SETTINGS.dataDir.default));
  const found = findYaml(input, dataDir, commandLine.config);
  const yaml = found.file ? readYaml(found.file) : { values: {}, mistakes: [], yaml: {} };

  const merged = { ...defaults(), ...yaml.values, ...given, dataDir };
  const values = merged as typeof merged & SettingValues;
  const { lines = [], pumps = [], relay_unit: relayUnit } = yaml.yaml.hardware ?? {};
  const mistakes = [...found.mistakes, ...yaml.mistakes, ...environment.mistakes, ...commandLine.mistakes];
  const hasPumps = pumps.length > 0 || relayUnit !== undefined;
  if (values.hardware === 'real' && !hasPumps && mistakes.length === 0) {
    const origin = found.file?.path ?? `no perista.yaml in ${dataDir} or ${input.cwd}`;
    const rule = 'must list at least one pump when the hardware is real, unless there is a hardware.relay_unit';
    mistakes.push({ key: 'hardware.pumps', rule, origin });
  }
  if (values.remoteLogUrl !== undefined && values.remoteLogToken === undefined && mistakes.length === 0) {
    const rule = 'must be set when there is an address of a remote log';
    mistakes.push({ key: SETTINGS.remoteLogToken.env, rule, origin: 'environment' });
  }
  if (mistakes.length > 0) return { kind: 'wrong', mistakes };
  return {
    kind: 'loaded',
    settings: { ...values, lines, pumps, relayUnit, file: found.file?.path },
    warnings: [...environment.warnings, ...found.warnings, ...openPassword(values)],
  };
}

/** In a house it may be meant so; whoever did not mean it is told. */
function openPassword({ mqttUrl, mqttPassword }: SettingValues): string[] {
  if (mqttUrl === undefined || mqttPassword === undefined || !isPlainAbroad(mqttUrl)) return [];
  return [`${SETTINGS.mqttPassword.env} goes to ${mqttUrl} unencrypted; mqtts:// would encrypt it`];
}

function defaults(): Partial<Record<SettingName, unknown>> {
  return Object.fromEntries(
    Object.entries(SETTINGS).flatMap(([name, entry]) => ('default' in entry ? [[name, entry.default]] : [])),
  );
}

interface FoundYaml {
  readonly file?: YamlFile;
  readonly mistakes: readonly Mistake[];
  readonly warnings: readonly string[];
}

/** `--config`, else the one in the data folder, else the one where Perista was started. */
function findYaml({ cwd, readFile }: SettingsInput, dataDir: string, config: string | undefined): FoundYaml {
  const places =
    config === undefined ? [dataDir, cwd].map((folder) => join(folder, 'perista.yaml')) : [resolve(cwd, config)];
  const mistakes: Mistake[] = [];
  const files = [...new Set(places)].flatMap((path) => {
    const read = readFile(path);
    if (typeof read === 'string') return [{ path, text: read }];
    if (read !== undefined)
      mistakes.push({ key: path, rule: `must be a file that can be read (${read.error})`, origin: 'file' });
    return [];
  });
  const [file, ignored] = files;
  if (config !== undefined && file === undefined && mistakes.length === 0) {
    mistakes.push({ key: '--config', rule: 'must name a file that is there', value: config, origin: 'command line' });
  }
  const warnings = file && ignored ? [`${ignored.path} is ignored, because there is ${file.path}`] : [];
  return { ...(file ? { file } : {}), mistakes, warnings };
}
