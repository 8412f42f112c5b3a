import type { ServerToClientEvents } from '@perista/protocol/live';

type NewsOf<Name extends keyof ServerToClientEvents> = Parameters<ServerToClientEvents[Name]>[0];

type DeltaName = Exclude<keyof ServerToClientEvents, 'pumps:snapshot' | 'live:closed'>;

/** What follows a snapshot, as a viewer is sent it. */
export type NumberedDelta = {
  [Name in DeltaName]: { readonly name: Name; readonly args: readonly [news: NewsOf<Name>] };
}[DeltaName];

/** The same before it has a number: each viewer counts for itself, and the rest is shared by all of them. */
export type Delta = {
  [Name in DeltaName]: { readonly name: Name; readonly news: Omit<NewsOf<Name>, 'seq'> };
}[DeltaName];

/** Whatever can wait for a viewer. */
export interface Tellable {
  readonly name: string;
  readonly news: object;
}

/** A delta on its way to viewers. */
export interface Parcel<Told extends Tellable = Delta> {
  readonly delta: Told;
  /** What it stands for, such as `pump:state ph-down`: only the latest of a key is kept. Null: never left out. */
  readonly key: string | null;
  /** Length in JSON, about the bytes on the wire. */
  readonly bytes: number;
}

/** Only the latest value under `key` matters. */
export const latest = <Told extends Tellable>(key: string, delta: Told): Parcel<Told> => ({
  ...{ delta, key },
  bytes: bytesOf(delta),
});

/** Must arrive, in order. */
export const reliable = <Told extends Tellable>(delta: Told): Parcel<Told> => ({
  ...{ delta, key: null },
  bytes: bytesOf(delta),
});

export const numbered = (delta: Delta, seq: number): NumberedDelta =>
  ({ name: delta.name, args: [{ ...delta.news, seq }] }) as NumberedDelta;

const bytesOf = ({ news }: Tellable): number => JSON.stringify(news).length;
