import type { ErrorCode } from '@perista/core';
import type { DailyView, ReplyKind, UnitImage, UnitImageConfig, UnitMark } from '@perista/protocol/link';

type Plain<T> = Omit<T, '$typeName' | '$unknown'>;
type ImageReply = Extract<ReplyKind, { case: 'unitImage' }>['value'];

/** What an agent keeps of the dosing unit; it outlives runs of the agent and databases. */
export class FakeUnitImage {
  /** What requests about it are answered with while it cannot be used. */
  failure: { readonly code: ErrorCode; readonly message: string } | null = null;
  damaged: Plain<UnitImage['damaged'][number]>[] = [];
  config: UnitImageConfig | null = null;
  views: readonly DailyView[] = [];
  mark: UnitMark | null = null;
  puts = 0;

  reply(): ImageReply {
    const isLost = (channel: number) => this.damaged.some((record) => record.channel === channel);
    const channels = Array.from({ length: 6 }, (_, index) => {
      const [config, view] = [this.config?.channels[index], this.views[index]];
      if (config === undefined || isLost(index + 1)) return {};
      return view === undefined ? { config } : { config, view };
    });
    const { config, damaged } = this;
    return {
      isPresent: true,
      channels,
      damaged,
      ...(config?.system !== undefined && { system: config.system }),
      ...(this.mark !== null && { mark: this.mark }),
    };
  }

  putConfig(config: UnitImageConfig): void {
    this.puts++;
    this.config = config;
    this.damaged = [];
  }

  putViews(views: readonly DailyView[], mark: UnitMark | undefined): void {
    this.puts++;
    this.views = views;
    this.mark = mark ?? null;
  }
}
