import { stringify } from "node:querystring";
import type { AdapterContext } from "@devflow/gateway/contract";
import { isObject, type JsonObject } from "@devflow/gateway/kit";
import { record } from "../wire/index.ts";

/**
 * Methods that every answer of a bot is made of. They go past the SDK's queue, its retries and the lines it writes for its
 * log, none of which is used here and which together cost more than the request.
 */
export const directMethods: ReadonlySet<string> = new Set(["chat.postMessage", "chat.update"]);

/** A call of the Web API. */
interface DirectCall {
  readonly url: string;
  readonly token: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Sends what the SDK would send, and rejects with what the SDK would throw. It ends when the context's signal aborts. */
export async function callDirectly({ url, token, args }: DirectCall, context: AdapterContext): Promise<JsonObject> {
  const { status, after, body } = await exchange({ url, token, args }, context);
  if (status === 429) throw failure("slack_webapi_rate_limited_error", { retryAfter: after });
  if (status !== 200) throw failure("slack_webapi_http_error", { statusCode: status });
  const data = parse(body);
  if (data["ok"] === true) return data;
  const metadata = { ...record(data["response_metadata"]), ...(after === undefined ? {} : { retryAfter: after }) };
  throw failure("slack_webapi_platform_error", { data: { ...data, response_metadata: metadata } });
}

async function exchange({ url, token, args }: DirectCall, { fetch, signal }: AdapterContext) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/x-www-form-urlencoded" },
      body: formOf(args),
      redirect: "error",
      signal,
    });
    const { status, headers } = response;
    const after = Number.parseInt(headers.get("retry-after") ?? "", 10);
    return { status, after: Number.isNaN(after) ? undefined : after, body: await response.text() };
  } catch (original) {
    throw failure("slack_webapi_request_error", { original });
  }
}

/** Arguments as a form: what is no plain value is JSON. */
function formOf(args: Readonly<Record<string, unknown>>): string {
  const fields: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined || value === null) continue;
    const plain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    fields[name] = plain ? value : JSON.stringify(value);
  }
  return stringify(fields);
}

/** What is not Slack's JSON arrives as the text of an error. */
function parse(body: string): JsonObject {
  try {
    const data: unknown = JSON.parse(body);
    if (isObject(data)) return data;
  } catch {
    // Told below.
  }
  return { error: body };
}

function failure(code: string, details: object): Error {
  return Object.assign(new Error(code), { code, ...details });
}
