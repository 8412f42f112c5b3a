/** What the sender of a message over MQTT meant by it. */
export interface MqttMessage {
  readonly what: 'dose' | 'stop' | 'stop-all' | 'nothing';
  /** Empty where it speaks of the whole unit. */
  readonly pumpId: string;
  readonly id: string | null;
  /** null: nobody can read an order in it. */
  readonly volumeMl: number | null;
  /** Equal for equal orders. */
  readonly spelling: string;
  readonly expiresAtMs: number | null;
  /** When it was sent first, on the world's clock, ms. */
  readonly sentMs: number;
  /** Where its sender waits for the answer, beside the topic of results. */
  readonly answerTopic: string | null;
}

/** A message as it came to the unit. */
export interface ArrivedMessage extends MqttMessage {
  readonly retain: boolean;
  readonly dup: boolean;
}
