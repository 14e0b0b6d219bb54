import type { AdapterContext, Address, Receipt } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { httpError, slackCodeOf } from "../errors.ts";
import { readRoute, type SlackCall } from "../wire/index.ts";

const shutOut = new Set(["not_in_channel", "channel_not_found", "user_not_in_channel", "restricted_action_non_member"]);

/**
 * True when Slack let nothing through the front door, and the person who called the bot left one open: a `response_url`,
 * good for five answers in half an hour. What only one person may see goes there for that person alone.
 */
export function canRespond(error: unknown, to: Address, { method, args }: SlackCall): boolean {
  const route = readRoute(to.route);
  const code = slackCodeOf(error);
  if (route === undefined || code === undefined || !shutOut.has(code)) return false;
  return method === "chat.postMessage" || (method === "chat.postEphemeral" && args["user"] === route.user);
}

/** Answers through the `response_url` of an address. Slack tells no message id there. */
export async function respond(to: Address, args: Readonly<Record<string, unknown>>, context: AdapterContext): Promise<Receipt> {
  const { text, blocks, thread_ts, user } = args;
  const route = readRoute(to.route);
  const where = `slack: the response_url of account ${to.account}`;
  const body = JSON.stringify({
    text,
    blocks,
    thread_ts,
    response_type: user === undefined ? "in_channel" : "ephemeral",
    replace_original: false,
  });
  let response: Response;
  try {
    const headers = { "content-type": "application/json; charset=utf-8" };
    response = await context.fetch(route?.url ?? "", {
      method: "POST",
      headers,
      body,
      redirect: "error",
      signal: context.signal,
    });
  } catch (cause) {
    throw new GatewayError("network.failed", `${where} could not be reached.`, {
      retryable: true,
      platform: "slack",
      account: to.account,
      cause,
    });
  }
  await response.body?.cancel();
  if (response.ok) return { at: context.clock.now() };
  if (response.status === 404 || response.status === 410) {
    throw new GatewayError("window.closed", `${where} is used up: it takes five answers in half an hour.`, {
      platform: "slack",
      account: to.account,
    });
  }
  throw httpError(response.status, where, { platform: "slack", account: to.account });
}
