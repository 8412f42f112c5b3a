import { describe, expect, it } from 'vitest';
import { describeMistake } from './mistake.ts';
import { loadSettings } from './settings-loader.ts';

const REAL_HARDWARE = `
hardware:
  kind: real
  lines: [{ id: main, path: /dev/ttyAMA0 }]
  pumps:
    - id: acid
      line: main
      address: 0xE0
      max_rate_ml_min: 40
      limits: { single_ml: 50, duration_s: 600, hour_ml: 100, day_ml: 200, week_ml: 1000 }
`;

interface Given {
  args?: string[];
  env?: Record<string, string>;
  files?: Record<string, string>;
  withoutSecrets?: boolean;
}

function load(given: Given = {}) {
  return loadSettings({
    withoutSecrets: given.withoutSecrets ?? false,
    args: given.args ?? [],
    env: given.env ?? {},
    cwd: '/srv',
    readFile: (path) => given.files?.[path],
  });
}

function settingsOf(given: Parameters<typeof load>[0]) {
  const loaded = load(given);
  if (loaded.kind === 'wrong') throw new Error(loaded.mistakes.map(describeMistake).join('\n'));
  return loaded;
}

function mistakesOf(given: Parameters<typeof load>[0]) {
  const loaded = load(given);
  return loaded.kind === 'wrong' ? loaded.mistakes.map(describeMistake) : [];
}

describe('loadSettings', () => {
  it('needs nothing: a fresh clone starts on emulated hardware at 127.0.0.1:8080', () => {
    expect(settingsOf({}).settings).toMatchObject({
      dataDir: '/srv/data',
      httpHost: '127.0.0.1',
      httpPort: 8080,
      timezone: 'Europe/Warsaw',
      doserId: 'doser',
      hardware: 'emulated',
      emulatorPort: 0,
      logLevel: 'info',
    });
  });

  it('lets the command line beat the environment and the environment beat the file', () => {
    const files = { '/srv/data/perista.yaml': 'http: { port: 1, host: file }\nsite: { doser_id: file }' };
    const env = { PERISTA_HTTP_PORT: '2', PERISTA_DOSER_ID: 'environment' };
    const { settings } = settingsOf({ files, env, args: ['--http-port', '3'] });
    expect(settings).toMatchObject({ httpPort: 3, doserId: 'environment', httpHost: 'file' });
  });

  it('prefers the file of the data folder to the one beside it and says so', () => {
    const files = { '/d/perista.yaml': 'http: { port: 1 }', '/srv/perista.yaml': 'http: { port: 2 }' };
    const { settings, warnings } = settingsOf({ files, env: { PERISTA_DATA_DIR: '/d' } });
    expect(settings).toMatchObject({ httpPort: 1, file: '/d/perista.yaml' });
    expect(warnings).toEqual(['/srv/perista.yaml is ignored, because there is /d/perista.yaml']);
  });

  it('reads real hardware, hexadecimal addresses and defaults included', () => {
    const { settings } = settingsOf({ files: { '/srv/perista.yaml': REAL_HARDWARE } });
    expect(settings.hardware).toBe('real');
    expect(settings.lines).toEqual([{ id: 'main', path: '/dev/ttyAMA0', baud: 38_400 }]);
    expect(settings.pumps[0]).toMatchObject({ id: 'acid', address: 224, microstep: 64, dialect: 'auto', max_rpm: 300 });
  });

  it('reports every mistake of file, environment and command line at once, with key, rule, value and origin', () => {
    const file = [
      'site: { timezone: Europe/Warszawa }',
      'http:',
      '  port: "80"',
      '  prot: 1',
      'hardware:',
      '  lines: [{ id: main, path: COM3 }]',
    ].join('\n');
    const mistakes = mistakesOf({
      files: { '/srv/perista.yaml': file },
      env: { PERISTA_HTTP_PORT: '70000', PERISTA_TIMEZONE: 'CEST+1' },
      args: ['--hardware', 'fake', '--prot', '1', 'stray'],
    });
    expect(mistakes).toEqual([
      'site.timezone must be an IANA time zone such as Europe/Warsaw, is "Europe/Warszawa" [/srv/perista.yaml:1]',
      'http.port must be a port, 0 to 65535 (0 = chosen by the kernel), is "80" [/srv/perista.yaml:3]',
      'http.prot is not a setting (did you mean port?) [/srv/perista.yaml:4]',
      'hardware.lines[0].path must be /dev/… or tcp://host:port, is "COM3" [/srv/perista.yaml:6]',
      'PERISTA_HTTP_PORT must be a port, 0 to 65535 (0 = chosen by the kernel), is "70000" [environment]',
      'PERISTA_TIMEZONE must be an IANA time zone such as Europe/Warsaw, is "CEST+1" [environment]',
      '--prot is not an option [command line]',
      '"1" is not expected here [command line]',
      '"stray" is not expected here [command line]',
      '--hardware must be emulated or real, is "fake" [command line]',
    ]);
  });

  it('finds what does not fit together: unknown line, second id, second address', () => {
    const twice = REAL_HARDWARE + REAL_HARDWARE.slice(REAL_HARDWARE.indexOf('    - id: acid'));
    expect(mistakesOf({ files: { '/srv/perista.yaml': twice.replace('line: main', 'line: mian') } })).toEqual([
      'hardware.pumps[1].id must differ from the ids of all other pumps, is "acid" [/srv/perista.yaml:11]',
      'hardware.pumps[0].line must be the id of one of hardware.lines, is "mian" [/srv/perista.yaml:7]',
    ]);
    expect(mistakesOf({ files: { '/srv/perista.yaml': twice } })).toContain(
      'hardware.pumps[1].address must differ from the addresses of the other pumps on its line, is 224 [/srv/perista.yaml:13]',
    );
  });

  it('sends the token of the remote log only where nobody listens on the way', () => {
    const file = (url: string) => ({ files: { '/srv/perista.yaml': `remote_log: { url: "${url}" }` } });
    const env = { PERISTA_REMOTE_LOG_TOKEN: 'abc' };
    for (const url of ['https://log.example.org/events', 'http://127.0.0.1:9000/']) {
      expect(settingsOf({ ...file(url), env }).settings).toMatchObject({
        remoteLogUrl: url,
        remoteLogToken: 'abc',
        remoteLogDeviceId: 'DOSING_UNIT_001',
      });
    }
    for (const url of ['http://log.example.org/', 'https://me@log.example.org/', 'ftp://127.0.0.1/', 'events']) {
      expect(mistakesOf({ ...file(url), env })).toEqual([
        `remote_log.url must be an https:// address; http:// only to this machine, is "${url}" [/srv/perista.yaml:1]`,
      ]);
    }
    expect(mistakesOf(file('https://log.example.org/'))).toEqual([
      'PERISTA_REMOTE_LOG_TOKEN must be set when there is an address of a remote log [environment]',
    ]);
  });

  it('lets what was saved beat the file, and the environment beat what was saved', () => {
    const files = {
      '/srv/data/perista.yaml': 'site: { timezone: Europe/Paris, doser_id: file }\nlog: { level: warn }',
      '/srv/data/settings.json': JSON.stringify({
        site: { timezone: 'Asia/Tokyo', doser_id: 'saved' },
        mqtt: { url: 'mqtts://a:8883', password: 'open sesame' },
      }),
    };
    const { settings, warnings } = settingsOf({ files, env: { PERISTA_DOSER_ID: 'environment' } });
    expect(settings).toMatchObject({
      ...{ timezone: 'Asia/Tokyo', doserId: 'environment', logLevel: 'warn', mqttPassword: 'open sesame' },
      layers: {
        file: { timezone: 'Europe/Paris' },
        saved: { doserId: 'saved' },
        environment: { doserId: 'environment' },
      },
    });
    expect(warnings).toEqual([
      'site.timezone of perista.yaml is overruled by what was saved on the Settings screen',
      'site.doser_id of perista.yaml is overruled by what was saved on the Settings screen',
    ]);
  });

  it('tells all mistakes of what was saved, and repeats no value, which may be a secret', () => {
    const saved = (text: string) => mistakesOf({ files: { '/srv/data/settings.json': text } });
    const text = JSON.stringify({
      site: { timezone: 'Mars' },
      mqtt: { password: 7, colour: 'blue' },
      http: { port: 1 },
    });
    expect(saved(text)).toEqual([
      'site.timezone must be an IANA time zone such as Europe/Warsaw [/srv/data/settings.json]',
      expect.stringMatching(/^mqtt\.password .* \[\/srv\/data\/settings\.json\]$/),
      'mqtt.colour is not a setting that can be saved [/srv/data/settings.json]',
      'http is not a setting that can be saved [/srv/data/settings.json]',
    ]);
    expect(saved('{"site"')[0]).toMatch(/^The file is not valid JSON/);
    expect(saved('[]')[0]).toMatch(/^The file /);
  });

  it('refuses YAML that is broken or says a thing twice', () => {
    expect(mistakesOf({ files: { '/srv/perista.yaml': 'http: {port: 1' } })[0]).toMatch(
      /^The file is not valid YAML: .* \[\/srv\/perista\.yaml:1\]$/,
    );
    expect(mistakesOf({ files: { '/srv/perista.yaml': 'http: {}\nhttp: {}' } })[0]).toMatch(/unique/);
  });

  it('refuses real hardware without pumps', () => {
    expect(mistakesOf({ env: { PERISTA_HARDWARE: 'real' } })).toEqual([
      'hardware.pumps must list at least one pump when the hardware is real, unless there is a hardware.relay_unit [no perista.yaml in /srv/data or /srv]',
    ]);
  });

  it('takes a relay unit for pumps, and finds what is wrong with one', () => {
    const real = (unit: string, pumps = '') => ({
      files: { '/srv/perista.yaml': `hardware:\n  kind: real\n  relay_unit: ${unit}\n${pumps}` },
    });
    expect(settingsOf(real('{ lines: [5, 6], active_high: false }')).settings).toMatchObject({
      pumps: [],
      relayUnit: { gpiochip: '/dev/gpiochip0', lines: [5, 6], active_high: false },
    });
    expect(mistakesOf(real('{ lines: [5, 5] }'))).toEqual([
      'hardware.relay_unit.lines must list 1 to 6 lines of the chip, each once [/srv/perista.yaml:3]',
    ]);
    expect(mistakesOf(real('{ lines: [5, 6], channel_count: 3 }'))).toEqual([
      'hardware.relay_unit.channel_count must be 1 to the number of lines, is 3 [/srv/perista.yaml:3]',
    ]);
    expect(settingsOf(real('{ fram_storage: chip, fram: 0x57 }')).settings).toMatchObject({
      relayUnit: { fram_storage: 'chip', i2c: '/dev/i2c-1', fram: 0x57, rtc: 0x68 },
    });
    expect(settingsOf(real('{}')).settings.relayUnit).toMatchObject({ fram_storage: 'file', fram: 0x50 });
    expect(mistakesOf(real('{ fram_storage: disk, i2c: i2c-1, fram: 0x58, rtc: 0x69 }'))).toEqual([
      'hardware.relay_unit.i2c must be /dev/…, is "i2c-1" [/srv/perista.yaml:3]',
      'hardware.relay_unit.fram must be 0x50 to 0x57, is 88 [/srv/perista.yaml:3]',
      'hardware.relay_unit.rtc must be 0x68: a DS3231M has no other address, is 105 [/srv/perista.yaml:3]',
      'hardware.relay_unit.fram_storage must be file or chip, is "disk" [/srv/perista.yaml:3]',
    ]);
    const twin = REAL_HARDWARE.slice(REAL_HARDWARE.indexOf('  lines:')).replace('acid', 'relay-2');
    expect(mistakesOf(real('{}', twin))).toEqual([
      'hardware.pumps[0].id must differ from the ids of the pumps of hardware.relay_unit, is "relay-2" [/srv/perista.yaml:6]',
    ]);
  });

  it('never shows a secret (I22)', () => {
    const [mistake] = mistakesOf({ env: { PERISTA_ADMIN_PASSWORD: 'hunter2' } });
    expect(mistake).toBe('PERISTA_ADMIN_PASSWORD must have at least 8 characters [environment]');
  });

  it.each(['1e3', '0x50', ' 80', '080', '-1', '80.0', '٣'])(
    'takes no port from %j: text is never bent into a number',
    (text) => {
      expect(mistakesOf({ env: { PERISTA_HTTP_PORT: text } })).toHaveLength(1);
    },
  );

  it('starts in spite of variables that it does not use, and names what was probably meant', () => {
    const env = { PERISTA_HTP_PORT: '1', PERISTA_XYZZY: '', PERISTA_HTTP_HOST: '' };
    expect(settingsOf({ env }).warnings).toEqual([
      'PERISTA_HTP_PORT is not a setting of Perista (did you mean PERISTA_HTTP_PORT?); it is ignored',
      'PERISTA_XYZZY is not a setting of Perista; it is ignored',
    ]);
  });

  it('takes the broker of HiveMQ by the names of HiveMQ, unless ours say otherwise', () => {
    const hiveMq = { HIVEMQ_HOST: 'x.hivemq.cloud', HIVEMQ_USERNAME: 'doser', HIVEMQ_PASSWORD: 'secret-word' };
    expect(settingsOf({ env: hiveMq }).settings).toMatchObject({
      ...{ mqttUrl: 'mqtts://x.hivemq.cloud:8883', mqttUsername: 'doser', mqttPassword: 'secret-word' },
    });
    const same = { ...hiveMq, PERISTA_MQTT_URL: 'mqtts://x.hivemq.cloud:8883' };
    expect(settingsOf({ env: same }).warnings).toEqual([]);
    expect(mistakesOf({ env: { ...hiveMq, PERISTA_MQTT_URL: 'mqtt://elsewhere' } })).toEqual([
      'PERISTA_MQTT_URL must not differ from what HIVEMQ_… says; leave one of them out [environment]',
    ]);
  });

  it('warns of a password that goes to a broker in the clear', () => {
    const env = { PERISTA_MQTT_URL: 'mqtt://192.168.1.5:1883', PERISTA_MQTT_PASSWORD: 'secret-word' };
    expect(settingsOf({ env }).warnings).toEqual([
      'PERISTA_MQTT_PASSWORD goes to mqtt://192.168.1.5:1883 unencrypted; mqtts:// would encrypt it',
    ]);
    expect(settingsOf({ env: { ...env, PERISTA_MQTT_URL: 'mqtt://127.0.0.1' } }).warnings).toEqual([]);
    const hub = { PERISTA_HUB_MQTT_URL: 'mqtt://hub.lan', PERISTA_HUB_MQTT_PASSWORD: 'secret-word' };
    expect(settingsOf({ env: hub }).warnings).toEqual([expect.stringMatching(/^PERISTA_HUB_MQTT_PASSWORD goes to/)]);
  });

  it.each(['/', '/x', 'x/', 'a//b', 'a/#', '+', '$SYS', 'a b', 'x'.repeat(201)])(
    'takes no topic of Home Assistant such as %j',
    (topic) => {
      const env = { PERISTA_HOME_ASSISTANT_PREFIX: topic, PERISTA_HOME_ASSISTANT_STATUS_TOPIC: 'my/ha/status' };
      expect(mistakesOf({ env })).toEqual([expect.stringMatching(/^PERISTA_HOME_ASSISTANT_PREFIX must be levels/)]);
    },
  );

  it.each(['broker', 'http://broker', 'mqtt://me:pw@broker', 'mqtts://', 'mqtt://broker/path'])(
    'takes no broker at %j',
    (url) => {
      expect(mistakesOf({ env: { PERISTA_MQTT_URL: url } })[0]).toMatch(/^PERISTA_MQTT_URL must be mqtt:\/\/host:port/);
    },
  );

  it.each([
    ['1883', 1883],
    ['0', 0],
    ['off', 'off'],
  ])('takes the port %s of the embedded broker from any source', (text, port) => {
    expect(settingsOf({ env: { PERISTA_MQTT_PORT: text } }).settings.mqttPort).toBe(port);
    expect(settingsOf({ args: ['--mqtt-port', text] }).settings.mqttPort).toBe(port);
    expect(settingsOf({ files: { '/srv/perista.yaml': `mqtt: { port: ${text} }` } }).settings.mqttPort).toBe(port);
  });

  it.each(['on', '65536', '-1', '1883x', 'false'])('takes no port %j of the embedded broker', (text) => {
    const rule = 'must be a port, 0 to 65535 (0 = chosen by the kernel), or off';
    expect(mistakesOf({ env: { PERISTA_MQTT_PORT: text } })).toEqual([expect.stringContaining(rule)]);
  });

  it('needs no token in a part that is given no secrets', () => {
    const env = { PERISTA_REMOTE_LOG_URL: 'https://log.example.org' };
    expect(mistakesOf({ env })).toHaveLength(1);
    expect(settingsOf({ env, withoutSecrets: true }).settings.remoteLogToken).toBeUndefined();
  });
});
