import type { Secret } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";

/** What `web()` takes. Everything has a default. */
export interface WebOptions {
  /** Path prefix of the page and of everything below it. Default `/chat`. */
  readonly path?: string;
  /** Name of the bot, as the page shows it. Default `Chat`. */
  readonly title?: string;
  /** Key that signs session cookies, 16 characters or more. Without it one is made and kept in the store. */
  readonly sessionSecret?: string | Secret;
  /**
   * Origins that may use the chat, such as `https://chat.example.com`. Default: the page's own origin, when its host is
   * `localhost` or an IP address; a public name has to be listed, so that a foreign name pointed at this machine is refused.
   */
  readonly allowedOrigins?: readonly string[];
  /** How long messages and files are kept, and how long a session lasts that nobody uses. Default 30 days. */
  readonly keepMs?: number;
  /** Records (messages, edits, reactions) kept per room; the oldest go first. Default 1,000. */
  readonly keepRecords?: number;
  /** Largest file a person may upload. Default 10 MiB. */
  readonly maxUploadBytes?: number;
}

/** {@link WebOptions}, checked and complete. */
export interface WebSettings {
  readonly path: string;
  readonly title: string;
  readonly sessionSecret: Secret | undefined;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly keepMs: number;
  readonly keepRecords: number;
  readonly maxUploadBytes: number;
}

/** Fills in the defaults; throws `options.invalid` for what cannot work. */
export function resolveOptions(options: WebOptions): WebSettings {
  const path = (options.path ?? "/chat").replace(/\/+$/, "");
  if (!/^(?:\/[A-Za-z0-9_-]+)+$/.test(path))
    throw invalid("path", "must look like /chat: letters, digits, - and _ between slashes");
  const sessionSecret = options.sessionSecret === undefined ? undefined : secret(options.sessionSecret);
  if (sessionSecret !== undefined && sessionSecret.expose().length < 16)
    throw invalid("sessionSecret", "needs 16 characters or more");
  return {
    path,
    title: options.title ?? "Chat",
    sessionSecret,
    allowedOrigins: new Set((options.allowedOrigins ?? []).map(origin)),
    keepMs: positive("keepMs", options.keepMs ?? 30 * 86_400_000),
    keepRecords: positive("keepRecords", options.keepRecords ?? 1_000),
    maxUploadBytes: positive("maxUploadBytes", options.maxUploadBytes ?? 10 * 1024 * 1024),
  };
}

function origin(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || url.origin === "null" || url.origin !== value.replace(/\/$/, "")) {
    throw invalid("allowedOrigins", "takes origins such as https://chat.example.com, without a path");
  }
  return url.origin;
}

function positive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw invalid(name, "must be a whole number above zero");
}

function invalid(name: string, problem: string): GatewayError {
  return new GatewayError("options.invalid", `web: the option ${name} ${problem}.`, { platform: "web" });
}
