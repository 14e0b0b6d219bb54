/**
 * Where a conversation lives: plain data, valid for as long as the platform keeps the room, so it may be stored and used
 * after a restart or by another process.
 */
export interface Address {
  /** Platform name of the adapter, such as `slack`. */
  readonly platform: string;
  /** The installation on the platform: a Slack workspace, a Telegram bot. Part of every key, so tenants never mix. */
  readonly account: string;
  /** Channel, chat or room id, as the platform spells it. */
  readonly room: string;
  /** Thread or topic id within the room. */
  readonly thread?: string;
  /** A short-lived reply token (a Slack `response_url`). Never part of a key; may be absent or expired. */
  readonly route?: string;
}
