/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** Pattern of the route; null where nothing stands. */
  readonly route: string | null;
  readonly status: number;
  readonly tookS: number;
}

/** Told of each request when its answer is out. */
export type HttpMeter = (request: AnsweredRequest) => void;
