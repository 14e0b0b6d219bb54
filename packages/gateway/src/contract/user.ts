/** Whoever acted on a platform. */
export interface User {
  /** Id within the account; the empty string when the platform hides it. */
  readonly id: string;
  readonly kind: "person" | "bot" | "system" | "unknown";
  /** True for the account that this gateway itself acts as. The core never hands such events to handlers unasked. */
  readonly self: boolean;
  /** Name to show. Absent when the payload has none; a `directory` may find it. */
  readonly name?: string;
  /** Unique handle without its prefix, such as `ada` for `@ada`. */
  readonly handle?: string;
}

/** Who the gateway is in one account. Returned by `Adapter.identify` and handed to normalizers that need it. */
export interface Identity {
  readonly user: User;
  /** Title of the account, for people: the workspace's or bot's name. */
  readonly title?: string;
}
