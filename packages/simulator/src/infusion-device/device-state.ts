import type { AckStage, InfusionLimits, InfusionParameters } from '@perista/core';
import type { CommandMessage, ReadCommand, UpTopicName } from '@perista/protocol/fleet';
import type { Battery } from './battery.ts';
import type { Alarm, AlarmCode } from './device-alarms.ts';
import type { Flow } from './flow.ts';

/** What one device is like; does not change while it lives. */
export interface DeviceBuild {
  readonly id: string;
  readonly firmwareVersion: string;
  /** Between two messages of progress, ms. */
  readonly periodMs: number;
  /** What its tube gives of each ml that its speed stands for. */
  readonly gain: number;
  readonly limits: InfusionLimits;
}

/** When something happens to it, by its own clocks. */
export interface Moment {
  readonly nowMs: number;
  readonly wallMs: number;
  /** A clock that nobody set cannot tell how old a command is. */
  readonly isClockTrusted: boolean;
}

/** How it misbehaves in one step. */
export interface Quirks {
  /** It acknowledges a STOP and turns on. */
  readonly ignoresStop: boolean;
  /** It confirms so many times the rate that it was asked for. */
  readonly echoFactor: number;
}

/** An infusion that it holds: it turns, or is paused. */
export interface Run {
  readonly infusionId: string;
  readonly parameters: InfusionParameters;
  readonly flow: Flow;
  /** Of turning before `sinceMs`. */
  readonly ranMs: number;
  /** Since when it turns; null: paused. */
  readonly sinceMs: number | null;
  readonly sampleDueMs: number;
  /** Where the last message of progress left off: flow is told as the mean since then. */
  readonly told: { readonly ranMs: number; readonly deliveredMl: number };
}

export interface Result {
  readonly infusionId: string;
  readonly end: 'completed' | 'stopped';
  readonly deliveredVolumeMl: number;
}

/** What it said to a command, so that it says the same again. */
export interface Answer {
  readonly commandId: string;
  readonly stage: AckStage;
  readonly reason?: string | undefined;
  readonly infusionId?: string | undefined;
  /** What it told on `infusion`. */
  readonly confirmation?: object | undefined;
}

export interface DeviceState {
  readonly boot: number;
  /** It has announced this start of it. */
  readonly hasGreeted: boolean;
  /** Start that waits for a person. */
  readonly asked: CommandMessage | null;
  readonly run: Run | null;
  /** How the last infusion ended, while the display still shows it. */
  readonly shown: { readonly end: Result['end']; readonly untilMs: number } | null;
  readonly lastResult: Result | null;
  /** Infusions that are over or must never begin, oldest first. */
  readonly overIds: readonly string[];
  /** Oldest first. */
  readonly answers: readonly Answer[];
  readonly alarms: readonly Alarm[];
  /** Alarms raised and infusions begun at the device itself since it was started. */
  readonly alarmCount: number;
  readonly ownCount: number;
  readonly battery: Battery;
  /** When it tells its status again, though nothing changed. */
  readonly statusDueMs: number;
}

/** What somebody does at the device. */
export type Press =
  | { readonly action: 'accept' }
  | { readonly action: 'reject'; readonly reason: string }
  | { readonly action: 'stop' | 'pause' | 'resume' | 'complete' }
  | { readonly action: 'begin'; readonly parameters: InfusionParameters };

export type DeviceInput =
  | { readonly kind: 'connected' }
  | ReadCommand
  | { readonly kind: 'press'; readonly press: Press }
  | { readonly kind: 'alarm'; readonly code: AlarmCode; readonly isOn: boolean }
  /** Time went on. */
  | { readonly kind: 'tick' }
  /** Somebody wants to see it now. */
  | { readonly kind: 'tell'; readonly name: 'progress' | 'status' }
  /** It is switched off in good order, and knows how far it came. */
  | { readonly kind: 'power-off' };

/** What the person beside it has to know. */
export type DevicePrompt =
  /** A person shall accept or reject. */
  | { readonly kind: 'ask'; readonly message: CommandMessage }
  /** Nobody needs to decide any more. */
  | { readonly kind: 'ask-no-more'; readonly reason: string }
  /** A press that means nothing now. */
  | { readonly kind: 'pointless'; readonly reason: string };

export type DeviceEffect =
  | DevicePrompt
  | { readonly kind: 'tell'; readonly name: UpTopicName; readonly body: object }
  | { readonly kind: 'tell-again'; readonly boot: number; readonly fromSeq: number; readonly toSeq: number }
  /** Something that must outlive a power cut has changed. */
  | { readonly kind: 'remember' };
