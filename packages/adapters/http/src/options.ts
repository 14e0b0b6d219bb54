import type { Secret } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";

/**
 * Where a value is in a request: the path of a field (`data.object.id`), a header (`header:x-github-event`), or a function of
 * the body and the headers. What is neither a text nor a number counts as absent.
 */
export type HttpPick = string | ((body: unknown, header: (name: string) => string | undefined) => string | undefined);

/** A header that holds the HMAC of the body, as GitHub and many others sign. */
export interface HttpSignature {
  /** Name of the header, such as `x-hub-signature-256`. */
  readonly header: string;
  /** `sha256` unless set. */
  readonly algorithm?: "sha1" | "sha256" | "sha512";
  /** What stands before the signature, such as `sha256=`. Nothing unless set. */
  readonly prefix?: string;
  /** `hex` unless set. */
  readonly encoding?: "hex" | "base64";
}

/** Where events and messages may be sent. */
export interface HttpEndpoint {
  /** Address that takes a POST. `http:` or `https:`; redirects are not followed. */
  readonly url: string;
  /**
   * Signs what is sent by Standard Webhooks: `whsec_` and 24 to 64 bytes in base64; several while one is being replaced, each of
   * which signs. Unset: `HTTP_ENDPOINT_SECRET_<NAME>`, then `HTTP_ENDPOINT_SECRET`, several separated by commas.
   */
  readonly secret?: string | Secret | readonly (string | Secret)[];
  /** Further headers, such as an `authorization` that the endpoint asks for. */
  readonly headers?: Readonly<Record<string, string | Secret>>;
  /** Requests a second. 50 unless set. */
  readonly perSecond?: number;
}

/** Options of `http()`. All of them may be left out; without a secret nothing is accepted, without endpoints nothing is sent. */
export interface HttpOptions<P extends string = string> {
  /** Name of this source: `event.platform`, the last part of its path, and the beginning of its variables. `http` unless set. */
  readonly platform?: P;
  /**
   * Proves what comes in; several while one is being replaced. Unset: `HTTP_WEBHOOK_SECRET`, several separated by commas. Without
   * one, every request is refused.
   */
  readonly secret?: string | Secret | readonly (string | Secret)[];
  /**
   * How the secret proves it. `standard`: Standard Webhooks, with 24 bytes or more in base64. `bearer`: it is the token of the
   * `authorization` header, of 24 characters or more. Otherwise the header that holds an HMAC. `standard` unless set.
   */
  readonly scheme?: "standard" | "bearer" | HttpSignature;
  /**
   * Type of a `platform.event`. Unset, or where it finds nothing: the body's `type`, `event` or `action`, the header
   * `x-event-type`, then `webhook`. CloudEvents have their own.
   */
  readonly type?: HttpPick;
  /**
   * What a body is about. What has the same subject is handled in order, one at a time; without one there is no order. CloudEvents
   * have their own.
   */
  readonly subject?: HttpPick;
  /**
   * What makes a redelivery known. Unset, or where it finds nothing: the header `webhook-id`, then `idempotency-key`, then a hash of
   * type and body, by which two equal bodies within a week are one. CloudEvents have their own, unique within their source.
   */
  readonly id?: HttpPick;
  /** Where events and messages may be sent, by a name of yours: the account of their addresses. */
  readonly endpoints?: Readonly<Record<string, HttpEndpoint>>;
}

/** An endpoint that was checked, with every secret wrapped. */
export interface Endpoint extends Pick<HttpEndpoint, "url"> {
  readonly secrets?: readonly Secret[];
  readonly headers: readonly (readonly [name: string, value: Secret])[];
  readonly perSecond: number;
}

/** Options that were checked, with every secret wrapped. */
export interface Settings extends Pick<HttpOptions, "type" | "subject" | "id"> {
  readonly platform: string;
  readonly secrets?: readonly Secret[];
  readonly scheme: NonNullable<HttpOptions["scheme"]>;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

/** Requests a second to an endpoint that sets none. */
export const usualPerSecond = 50;

/** The account of everything that comes in. */
export const source = "main";

/** Checks options at once, so that a slip is seen at start and not with the first request. Throws `options.invalid`. */
export function readOptions(options: HttpOptions): Settings {
  const { platform = "http", secret: given, scheme = "standard", endpoints = {}, type, subject, id } = options;
  const settings: Settings = {
    platform,
    scheme,
    ...(type === undefined ? {} : { type }),
    ...(subject === undefined ? {} : { subject }),
    ...(id === undefined ? {} : { id }),
    ...(given === undefined ? {} : { secrets: wrapped(given, scheme, platform, "`secret`") }),
    endpoints: new Map(Object.entries(endpoints).map(([name, one]) => [name, readEndpoint(one, name, platform)])),
  };
  if (typeof scheme === "object" && !headerName.test(scheme.header))
    throw invalid(platform, "`scheme.header` is no name of a header.");
  return settings;
}

/** The bytes of a Standard Webhooks secret. Undefined for what is none. */
export function keyOf(text: string): Uint8Array | undefined {
  const base64 = text.startsWith("whsec_") ? text.slice(6) : text;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const key = Buffer.from(base64, "base64");
  return key.length >= leastBytes && key.length <= 64 ? key : undefined;
}

/** Whether a secret can prove anything by that scheme. */
export function isUsable(text: string, scheme: Settings["scheme"]): boolean {
  if (scheme === "standard") return keyOf(text) !== undefined;
  return scheme === "bearer" ? text.length >= leastBytes : text !== "";
}

/** Standard Webhooks: 24 to 64 bytes, so that nobody guesses them. A token of ours has to be as long. */
const leastBytes = 24;
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const headerValue = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;
const ours = /^(content-(type|length|encoding)|transfer-encoding|host|connection|webhook-.*)$/i;

function readEndpoint(
  { url, secret: given, headers = {}, perSecond = usualPerSecond }: HttpEndpoint,
  name: string,
  platform: string,
): Endpoint {
  const what = `endpoint ${name}`;
  const parsed = URL.parse(url);
  // Its text is not repeated: addresses of webhooks are often secrets themselves.
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw invalid(platform, `the \`url\` of ${what} is no http address.`);
  if (parsed.username !== "" || parsed.password !== "")
    throw invalid(platform, `the \`url\` of ${what} has a password in it. Put it into \`headers\`, as authorization.`);
  if (!(perSecond > 0)) throw invalid(platform, `\`perSecond\` of ${what} is not above zero.`);
  for (const [header, value] of Object.entries(headers)) {
    if (!headerName.test(header) || ours.test(header) || (typeof value === "string" && !headerValue.test(value)))
      throw invalid(platform, `the header ${JSON.stringify(header)} of ${what} cannot be set.`);
  }
  return {
    url: parsed.href,
    perSecond,
    headers: Object.entries(headers).map(([header, value]) => [header.toLowerCase(), secret(value)]),
    ...(given === undefined ? {} : { secrets: wrapped(given, "standard", platform, `\`secret\` of ${what}`) }),
  };
}

function wrapped(
  given: NonNullable<HttpOptions["secret"]>,
  scheme: Settings["scheme"],
  platform: string,
  what: string,
): readonly Secret[] {
  const all = [given].flat();
  const bad = all.some((one) => typeof one === "string" && !isUsable(one, scheme));
  if (all.length > 0 && !bad) return all.map((one) => secret(one));
  const form =
    scheme === "standard" ? "whsec_ and 24 to 64 bytes in base64" : scheme === "bearer" ? "24 characters or more" : "a text";
  throw invalid(platform, `${what} must be ${form}. Make one with \`openssl rand -base64 32\`.`);
}

function invalid(platform: string, what: string): GatewayError {
  return new GatewayError("options.invalid", `${platform}: ${what}`, { platform });
}
