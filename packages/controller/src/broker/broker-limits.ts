/** What one client may ask of the broker. A fleet of devices and a busy home stay far below; a flood does not. */
export const LIMITS = {
  clients: 1_000,
  /** Connections that have not said yet who they are come on top. */
  sockets: 1_100,
  /** Whoever connects says who it is within this time, ms. */
  connectMs: 5_000,
  packetBytes: 256 * 1024,
  topicCharacters: 1_024,
  topicLevels: 20,
  clientIdCharacters: 256,
  subscriptions: 100,
  /** Messages at QoS 2 that the client has not released. */
  unreleased: 100,
  /** What waits for a client that takes nothing, bytes. */
  queueBytes: 1024 * 1024,
  /** What waits for all of them; beyond it those with the most go. */
  queuesBytes: 64 * 1024 * 1024,
  /** Refilled so fast each second, up to the burst. */
  packets: { perSecond: 500, burst: 2_000 },
  bytes: { perSecond: 1024 * 1024, burst: 4 * 1024 * 1024 },
  /** What is kept for those who come later, of all clients but the unit itself. */
  retained: { topics: 5_000, bytes: 16 * 1024 * 1024 },
} as const;
