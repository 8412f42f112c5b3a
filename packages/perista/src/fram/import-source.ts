import { PeristaError } from '@perista/core';
import {
  type ChannelConfig,
  channelConfigCodec,
  type FoundFram,
  type FoundRecord,
  headerMisfit,
  type SystemConfig,
} from '@perista/drivers';
import type { Layout } from './fram-report.ts';

/** What an image says of a unit's configuration, each field within its rule. */
export interface ImportedConfig {
  /** Null where the image has none. */
  readonly system: SystemConfig | null;
  readonly channels: readonly { readonly channel: number; readonly config: ChannelConfig }[];
}

/** @throws PeristaError E308 if the image is another's, blank, or has a record that cannot be believed */
export function configOf(found: FoundFram, layout: Layout, path: string): ImportedConfig {
  const config = layout === 'esp32' ? asItLies(found, path) : believed(found, path);
  if (config.channels.length > 0) return config;
  throw new PeristaError('E308', `${path} holds no configuration of a channel`);
}

function believed({ header, system, channels }: FoundFram, path: string): ImportedConfig {
  const misfit = headerMisfit(header);
  if (misfit !== null) throw new PeristaError('E308', `${path}: ${misfit}; --layout esp32 takes any magic`);
  if (header.kind === 'blank') throw new PeristaError('E308', `${path} is blank: no unit has kept anything in it`);
  const damaged = [system, ...channels].flatMap(({ name, content }) =>
    content.kind === 'damaged' ? [`${name} (${content.reason})`] : [],
  );
  if (damaged.length > 0) throw new PeristaError('E308', `${path} is damaged in both copies of ${damaged.join(', ')}`);
  return {
    system: system.content.kind === 'kept' ? system.content.value : null,
    channels: channels.flatMap(({ content }, index) =>
      content.kind === 'kept' ? [{ channel: index + 1, config: content.value }] : [],
    ),
  };
}

/** Of such a unit only the first copies count, and their checksums prove nothing: all comes disabled. */
function asItLies({ channels }: FoundFram, path: string): ImportedConfig {
  return {
    system: null,
    channels: channels.flatMap((record, index) => {
      const config = lyingThere(record);
      if (config === null) return [];
      const misfit = channelConfigCodec.misfit(config);
      if (misfit !== null) throw new PeristaError('E308', `${path}, ${record.name}: ${misfit}`);
      return [{ channel: index + 1, config: { ...config, enabled: false } }];
    }),
  };
}

const lyingThere = <T>({ first }: FoundRecord<T>): T | null => (first.kind === 'blank' ? null : first.value);
