import { join } from 'node:path';
import {
  argon2Hasher,
  fetchHttpOut,
  mqttJsBroker,
  NodeSqliteStore,
  nodeEventLoopLag,
  nodemailerMailOut,
  startController,
  zmqDealerFrames,
} from '@perista/controller';
import { MOST_CHANNELS } from '@perista/core';
import { channelsOf, type SettingName, type SettingValues } from '@perista/protocol/settings';
import { firstPumps } from '../hardware/first-pumps.ts';
import { brokerAccess } from '../mqtt/broker-choice.ts';
import { linuxTimeSource } from '../process/linux-time-source.ts';
import { agentEndpoint } from '../process/runtime-folder.ts';
import { runUnitProcess } from '../process/unit-process.ts';
import { nodeSettingsShelf } from '../settings/node-settings-shelf.ts';
import type { Settings } from '../settings/settings-loader.ts';
import { builtWeb } from '../web/web-folder.ts';

/** `perista controller`: ledger, API and web. */
export const controller = (args: readonly string[]): Promise<number> =>
  runUnitProcess('controller', args, async ({ settings, clock, random, log, version, restart }) => {
    const { dataDir, adminPassword } = settings;
    const endpoint = agentEndpoint(dataDir);
    const running = await startController({
      clock,
      random,
      log,
      store: new NodeSqliteStore(join(dataDir, 'perista.sqlite')),
      openFrames: () => zmqDealerFrames(endpoint, log),
      hasher: argon2Hasher(),
      eventLoopLag: nodeEventLoopLag(),
      http: { host: settings.httpHost, port: settings.httpPort },
      version,
      firstPumps: await firstPumps(settings),
      channelCount: channelCountOf(settings),
      emulated: settings.hardware === 'emulated',
      timeSource: timeSource(settings),
      webFolder: builtWeb,
      outside: { http: fetchHttpOut, mail: nodemailerMailOut },
      site: { timezone: settings.timezone, doserId: settings.doserId },
      ...(adminPassword === undefined ? {} : { adminPassword }),
      ...remoteLog(settings),
      settings: nodeSettingsShelf(settings, restart),
      brokerOf: brokerOf(dataDir),
      ...broker(settings),
      ...hubBroker(settings),
      fleetHistory: {
        open: () => new NodeSqliteStore(join(dataDir, 'fleet-history.sqlite'), 'NORMAL'),
        days: settings.fleetHistoryDays,
      },
      homeAssistant: homeAssistant(settings, version),
    });
    return { address: running.url, stop: () => running.stop() };
  });

/** Emulated hardware has as many as can be. */
const channelCountOf = ({ hardware, relayUnit }: Settings) =>
  hardware === 'emulated' || relayUnit === undefined ? MOST_CHANNELS : channelsOf(relayUnit).length;

/** Emulated hardware runs anywhere: its own clock with a battery vouches for the time, so that its loss can be tried. */
const timeSource = ({ hardware }: Settings) =>
  hardware === 'emulated' ? { bootId: 'emulated', isSynchronised: () => false } : linuxTimeSource();

/** A token without an address is left alone; an address without a token was refused. */
function remoteLog({ remoteLogUrl: url, remoteLogToken: token, remoteLogDeviceId: deviceId }: Settings) {
  return url === undefined || token === undefined
    ? {}
    : { remoteLog: { target: { url, token, deviceId }, http: fetchHttpOut } };
}

/** Settings keep their rules, wherever they come from. */
const brokerOf = (dataDir: string) => (settings: Readonly<Partial<Record<SettingName, unknown>>>) => {
  const access = brokerAccess(settings as SettingValues, dataDir);
  return access === undefined ? null : mqttJsBroker(access);
};

function broker(settings: Settings) {
  const there = brokerOf(settings.dataDir)({ ...settings });
  return there === null ? {} : { broker: there };
}

function hubBroker({ hubMqttUrl: url, hubMqttUsername: username, hubMqttPassword: password }: Settings) {
  return url === undefined ? {} : { hubBroker: mqttJsBroker({ url, username, password }) };
}

function homeAssistant(settings: Settings, version: string) {
  const { homeAssistantDiscovery, homeAssistantPrefix: prefix, homeAssistantStatusTopic: statusTopic } = settings;
  return { isOn: homeAssistantDiscovery === 'on', prefix, statusTopic, version };
}
