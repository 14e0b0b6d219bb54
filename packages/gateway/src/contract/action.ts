/** A button that sends `action.invoked` with its id and value. */
export interface Button {
  readonly kind: "button";
  /** Name that handlers listen for: `gateway.action(id, …)`. */
  readonly id: string;
  readonly label: string;
  /** Any text; what exceeds a platform's limit is kept in the store and comes back whole. */
  readonly value?: string;
  readonly style?: "primary" | "danger";
}

/** A button that opens a page and sends nothing. */
export interface LinkButton {
  readonly kind: "link";
  readonly label: string;
  readonly url: string;
}

/** One choice of a select. */
export interface SelectOption {
  readonly label: string;
  readonly value: string;
  readonly description?: string;
}

/** A menu that sends `action.invoked` with the chosen values. */
export interface Select {
  readonly kind: "select";
  readonly id: string;
  /** Placeholder or title. */
  readonly label: string;
  /** The choices; empty when `dynamic` is set. */
  readonly options: readonly SelectOption[];
  readonly multiple?: boolean;
  /** Ask for the options while the user types: `gateway.answer("options.requested", …)`. */
  readonly dynamic?: boolean;
}

/** Something a person can press or choose below a message. */
export type Action = Button | LinkButton | Select;
