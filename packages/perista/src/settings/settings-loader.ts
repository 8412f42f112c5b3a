import { join, resolve } from 'node:path';
import {
  contradictions,
  isPlainAbroad,
  type LineSettings,
  type PumpSettings,
  type RelayUnitSettings,
  SETTINGS,
  type SettingEntry,
  type SettingLayers,
  type SettingName,
  type SettingValues,
  settledValues,
} from '@perista/protocol/settings';
import { readCommandLine } from './command-line-source.ts';
import { type Environment, readEnvironment } from './environment-source.ts';
import type { Mistake } from './mistake.ts';
import { readSavedFile, savedFileIn } from './saved-file.ts';
import type { SourceValues } from './text-source.ts';
import { readYaml, type YamlFile } from './yaml-source.ts';

/** Everything that a process of Perista is told from outside. `dataDir` is absolute. */
export interface Settings extends SettingValues {
  readonly lines: readonly LineSettings[];
  readonly pumps: readonly PumpSettings[];
  /** The relays of real hardware, if it has any. */
  readonly relayUnit: RelayUnitSettings | undefined;
  /** The file that was read, if any. */
  readonly file: string | undefined;
  /** Which place said what. */
  readonly layers: SettingLayers;
}

export type LoadedSettings =
  | { readonly kind: 'loaded'; readonly settings: Settings; readonly warnings: readonly string[] }
  | { readonly kind: 'wrong'; readonly mistakes: readonly Mistake[] };

/** What settings are read from. */
export interface SettingsInput {
  readonly args: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  /** A part that the launcher gives no secrets need not have them. */
  readonly withoutSecrets?: boolean;
  /** Text of a file, or undefined if there is none, or why it cannot be read. */
  readFile(path: string): string | undefined | { readonly error: string };
}

/** `perista.yaml` < what was saved < environment < command line. All mistakes of all four are found together. */
export function loadSettings(input: SettingsInput): LoadedSettings {
  const commandLine = readCommandLine(input.args);
  const environment = readEnvironment(input.env);
  const given = { ...environment.values, ...commandLine.values };
  const dataDir = resolve(input.cwd, String(given.dataDir ?? SETTINGS.dataDir.default));
  const found = findYaml(input, dataDir, commandLine.config);
  const yaml = found.file ? readYaml(found.file) : { values: {}, mistakes: [], yaml: {} };
  const saved = findSaved(input, dataDir);

  const layers: SettingLayers = {
    file: yaml.values,
    saved: saved.values,
    environment: environment.values,
    command_line: commandLine.values,
  };
  const merged = { ...settledValues(layers), dataDir };
  const values = merged as typeof merged & SettingValues;
  const { lines = [], pumps = [], relay_unit: relayUnit } = yaml.yaml.hardware ?? {};
  const mistakes = [found, yaml, saved, environment, commandLine].flatMap((each) => each.mistakes);
  const hasPumps = pumps.length > 0 || relayUnit !== undefined;
  if (values.hardware === 'real' && !hasPumps && mistakes.length === 0) {
    const origin = found.file?.path ?? `no perista.yaml in ${dataDir} or ${input.cwd}`;
    const rule = 'must list at least one pump when the hardware is real, unless there is a hardware.relay_unit';
    mistakes.push({ key: 'hardware.pumps', rule, origin });
  }
  if (mistakes.length === 0) {
    const clashes = contradictions(merged).filter(({ name }) => !input.withoutSecrets || !isSecret(name));
    mistakes.push(...clashes.map(({ name, rule }) => ({ key: SETTINGS[name].env, rule, origin: 'environment' })));
  }
  if (mistakes.length > 0) return { kind: 'wrong', mistakes };
  return {
    kind: 'loaded',
    settings: { ...values, lines, pumps, relayUnit, file: found.file?.path, layers },
    warnings: [...environment.warnings, ...found.warnings, ...overruled(layers), ...openPasswords(values)],
  };
}

function isSecret(name: SettingName): boolean {
  const { secret }: SettingEntry = SETTINGS[name];
  return secret === true;
}

function findSaved({ readFile }: SettingsInput, dataDir: string): SourceValues {
  const file = savedFileIn(dataDir);
  const read = readFile(file);
  if (typeof read === 'string') return readSavedFile(file, read);
  const rule = `must be a file that can be read (${read?.error})`;
  return { values: {}, mistakes: read === undefined ? [] : [{ key: file, rule, origin: 'file' }] };
}

/** Whoever edits `perista.yaml` and sees nothing change is told why. */
function overruled({ file, saved }: SettingLayers): string[] {
  const entries: [string, SettingEntry][] = Object.entries(SETTINGS);
  return entries.flatMap(([name, { yaml }]) => {
    const [before, after] = [file, saved].map((layer) => (layer as Readonly<Record<string, unknown>>)[name]);
    if (before === undefined || after === undefined || before === after) return [];
    return [`${yaml?.join('.')} of perista.yaml is overruled by what was saved on the Settings screen`];
  });
}

/** In a house it may be meant so; whoever did not mean it is told. */
function openPasswords(values: SettingValues): string[] {
  const ways = [
    ['mqttUrl', 'mqttPassword'],
    ['hubMqttUrl', 'hubMqttPassword'],
  ] as const;
  return ways.flatMap(([urlName, passwordName]) => {
    const url = values[urlName];
    if (url === undefined || values[passwordName] === undefined || !isPlainAbroad(url)) return [];
    return `${SETTINGS[passwordName].env} goes to ${url} unencrypted; mqtts:// would encrypt it`;
  });
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
