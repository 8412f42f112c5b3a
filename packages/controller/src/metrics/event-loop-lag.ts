/** How long the process could not react; while it cannot, no beat goes to the agent. */
export interface EventLoopLag {
  /** Longest stall since this was asked last, s. */
  takeLongestS(): number;
}
