import type { Adapter, Address, Delivery, EventKind, Identity } from "@devflow/gateway/contract";
import type { Canaries } from "../fakes/index.ts";
import type { HttpAnswer, HttpCall } from "./server.ts";

/** The two functions of a test runner that a suite needs: those of vitest, `node:test`, mocha or jest as they are. */
export interface Runner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void> | void): void;
}

/** A request as the platform would send it. */
export interface PlatformRequest {
  /** `POST` unless set. */
  readonly method?: string;
  /** Path and query, `/` unless set. */
  readonly url?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How the platform proves its requests. */
export interface WebhookSpec {
  /** The request with the platform's proof, made with the secrets of the suite at `at` (milliseconds since the epoch). */
  sign(body: string, at: number): PlatformRequest;
  /** Lower-case name of the header that holds the proof. */
  readonly proof: string;
  /** Age at which a request is too old. Absent where the platform signs no time. */
  readonly toleranceMs?: number;
}

/** Something the platform sent once, and what it means. */
export interface Fixture {
  readonly name: string;
  /** The body of a webhook request; the suite signs and receives it. */
  readonly body?: string;
  /** For platforms without a webhook: what the connection makes of it. */
  readonly delivery?: Delivery;
  /** Kinds of the events it becomes, in order. Empty: noise that the adapter drops. */
  readonly kinds: readonly EventKind[];
  /** Set for an event that the gateway itself caused. */
  readonly self?: boolean;
}

/** The platform's API, played by a server on this machine. */
export interface ServerSpec {
  /** The answer of a platform on which everything works: `message.post` gives a message id, a lookup gives its object. */
  respond(call: HttpCall): HttpAnswer;
  /**
   * How this platform says it, where it does not with a plain status: 429 and `retry-after: 7`, 500, 401, 404. Whatever its
   * form, `rateLimited` means seven seconds.
   */
  readonly answers?: Partial<Record<"rateLimited" | "failed" | "unauthorized" | "gone", HttpAnswer>>;
  /** True for the request that fetches the bytes of an attachment. Needed when the adapter has `files`. */
  isDownload?(call: HttpCall): boolean;
}

/** What {@link adapterSuite} needs to know of an adapter. */
export interface AdapterSuiteOptions {
  /** Name for the titles of the tests. */
  readonly name: string;
  /** Makes the adapter, afresh for each test. `apiUrl` is the server of this suite; without a `server` nothing listens there. */
  adapter(setup: { readonly apiUrl: string }): Adapter;
  /** URL of the package's entry, `import.meta.resolve("@acme/devflow-toy")`: the suite imports it in a process of its own. */
  readonly entry: string;
  /** Every secret by conventional name (`BOT_TOKEN`), made by `canaries`: the suite hands them in and looks for leaks. */
  readonly secrets: Canaries;
  /** A conversation on an account whose secrets these are. */
  readonly to: Address;
  /** Who the gateway is there; for normalizers that need it and for fixtures with `self`. */
  readonly identity?: Identity;
  readonly webhook?: WebhookSpec;
  /** At least one for each kind of event the adapter makes, one unknown thing, and one of our own messages. */
  readonly fixtures: readonly Fixture[];
  readonly server?: ServerSpec;
  /** Statements that do not hold, by number, with the reason: they show up as tests named after it. Be honest, be brief. */
  readonly except?: Readonly<Record<string, string>>;
}
