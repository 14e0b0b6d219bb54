import type { Secret } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";
import type { MatrixClient } from "matrix-js-sdk";

/** Options of `matrix()`. All of them may be left out: the environment answers for what is missing. */
export interface MatrixOptions {
  /** Access token of the bot's device, or the `as_token` of an application service. Unset: `MATRIX_BOT_TOKEN`. */
  readonly token?: string | Secret;
  /**
   * The `hs_token` of an application service; several while one is being replaced. Unset: `MATRIX_HS_TOKEN`, several separated
   * by commas. With one, events are pushed to `/_matrix/app`; without, the bot syncs.
   */
  readonly hsToken?: string | Secret | readonly (string | Secret)[];
  /** Base address of the homeserver, such as `https://matrix.example.org`. Unset: `MATRIX_API_URL`. */
  readonly apiUrl?: string;
  /** Full id of the bot, `@name:server`. Unset: `MATRIX_USER_ID`, then the homeserver is asked whose token it is. */
  readonly userId?: string;
  /** A client you already have, made with `new MatrixClient(…)`: `createClient` adds a queue that sends again by itself. */
  readonly client?: MatrixClient;
  /** Fetch events by `/sync`. Unset: when there is no `hsToken`. */
  readonly sync?: boolean;
  /**
   * Whose invitations are accepted: `all`, `none`, or a list of user ids and server names. Unset: those of users on the bot's
   * own server. Whatever is not accepted is still told, as `platform.event`.
   */
  readonly invites?: "all" | "none" | readonly string[];
  /** What begins a command: `!deploy` is `command.invoked`. Clients keep `/` for themselves. Unset: `!`. Empty: no commands. */
  readonly commandPrefix?: string;
  /** Mark messages as read once they are durable. Unset: true. */
  readonly receipts?: boolean;
}

/** Options that were checked, with every secret wrapped. */
export interface Settings extends Omit<MatrixOptions, "token" | "hsToken"> {
  readonly token?: Secret;
  readonly hsTokens?: readonly Secret[];
}

/** The platform's name. */
export const platform = "matrix";

const userForm = /^@[^:\0]+:[^\s/]+$/;

/** True for a full user id, `@name:server`. */
export function isUserId(text: string): boolean {
  return userForm.test(text) && Buffer.byteLength(text) <= 255;
}

/** Server name of a user id: all behind the first colon. Room ids have none that could be trusted to be one. */
export function serverOf(userId: string): string {
  return userId.slice(userId.indexOf(":") + 1);
}

/** Checks options at once, so that a slip is seen at start and not with the first message. Throws `options.invalid`. */
export function readOptions(options: MatrixOptions): Settings {
  const { token, hsToken, ...rest } = options;
  if (token === "") throw invalid("`token` is empty. Leave it out to use MATRIX_BOT_TOKEN.");
  const tokens = hsToken === undefined ? undefined : [hsToken].flat();
  if (tokens?.some((one) => one === "") || tokens?.length === 0)
    throw invalid("`hsToken` is empty. Leave it out to use MATRIX_HS_TOKEN.");
  if (rest.apiUrl !== undefined && !URL.canParse(rest.apiUrl)) throw invalid("`apiUrl` is not a URL.");
  if (rest.userId !== undefined && !isUserId(rest.userId)) throw invalid("`userId` is no full user id: `@name:server`.");
  return {
    ...rest,
    ...(token === undefined ? {} : { token: secret(token) }),
    ...(tokens === undefined ? {} : { hsTokens: tokens.map(secret) }),
  };
}

function invalid(what: string): GatewayError {
  return new GatewayError("options.invalid", `matrix: ${what}`, { platform });
}
