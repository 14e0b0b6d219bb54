import type { AdapterContext, Outgoing, Receipt } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError } from "@devflow/gateway/kit";
import { callback, giveBack, takeTurn, type Clients } from "../client/index.ts";
import { refusalOf } from "../errors.ts";
import { platform } from "../options.ts";
import { ageOf, id, isOpen, object, type MessagePayload, type Route } from "../wire/index.ts";
import type { Loaded } from "./upload.ts";

/** What answers an interaction. */
export interface Answer {
  readonly outgoing: Outgoing;
  readonly route: Route;
  readonly message: MessagePayload;
  readonly files: Loaded;
  /** For the person alone who called us. */
  readonly alone: boolean;
}

const answered = 40_060;
/** The interaction, its token or its first message is not known: too late, or not there yet. */
const unknown: ReadonlySet<number> = new Set([10_008, 10_015, 10_062, 50_027]);
/** Used up: an application that is no member has five answers. */
const usedUp = 40_094;
/** Time within which what is not known may still be on its way. */
const settlingMs = 6_000;

/** Answers an interaction by its token. Undefined when that is not possible any more: then the channel is the way. */
export async function respond(answer: Answer, clients: Clients, context: AdapterContext): Promise<Receipt | undefined> {
  const { route, outgoing } = answer;
  if (!isOpen(route, context.clock.now())) return undefined;
  const turn = await takeTurn(route, outgoing.key, context);
  try {
    if (turn === "first") return await first(answer, clients, context);
    return turn === "original" && !answer.alone
      ? await original(answer, clients, context)
      : await followUp(answer, turn === "original", clients, context);
  } catch (error) {
    const code = refusalOf(error)?.code;
    if (code === usedUp) return undefined;
    if (code === undefined || !unknown.has(code)) throw error;
    if (turn !== "first" && ageOf(route, context.clock.now()) < settlingMs) throw notYet(answer);
    return undefined;
  }
}

async function first(answer: Answer, clients: Clients, context: AdapterContext): Promise<Receipt> {
  const { outgoing, route, message, files } = answer;
  const { account } = outgoing.to;
  try {
    const made = object(await callback(route, { type: 4, data: message }, clients, account, context, files.raw));
    const messageId =
      id(object(object(made["resource"])["message"])["id"]) ?? id(object(made["interaction"])["response_message_id"]);
    return receipt(messageId, context);
  } catch (error) {
    if (refusalOf(error)?.code === answered) {
      // Either an earlier attempt of ours, whose message this is, or a handler beside us.
      return outgoing.attempt > 1 ? await original(answer, clients, context) : await followUp(answer, false, clients, context);
    }
    if (isGatewayError(error) && !error.retryable && !unknown.has(refusalOf(error)?.code ?? 0)) await giveBack(route, context);
    throw error;
  }
}

/** Takes the place of "thinking". Doing it twice changes nothing. */
async function original(answer: Answer, clients: Clients, context: AdapterContext): Promise<Receipt> {
  const path = `${webhookOf(answer)}/messages/@original`;
  const call = { method: "PATCH", path, body: answer.message, auth: false } as const;
  const made = object(
    await clients.call(answer.outgoing.to.account, call, "the answer to an interaction", context, answer.files.raw),
  );
  return receipt(id(made["id"]), context);
}

/** `replacing`: everybody sees that we are thinking, and this answer is for one person: the promise is taken back. */
async function followUp(answer: Answer, replacing: boolean, clients: Clients, context: AdapterContext): Promise<Receipt> {
  const { account } = answer.outgoing.to;
  const base = webhookOf(answer);
  if (replacing) {
    const call = { method: "DELETE", path: `${base}/messages/@original`, auth: false } as const;
    await clients.call(account, call, "taking back a deferral", context).catch((error: unknown) => {
      if (answer.outgoing.attempt === 1) throw error;
    });
  }
  const call = { method: "POST", path: base, body: answer.message, query: { wait: "true" }, auth: false } as const;
  const made = object(await clients.call(account, call, "another answer to an interaction", context, answer.files.raw));
  return receipt(id(made["id"]), context);
}

function webhookOf({ outgoing, route }: Answer): string {
  return `/webhooks/${outgoing.to.account}/${route.token}`;
}

function receipt(messageId: string | undefined, context: AdapterContext): Receipt {
  return { at: context.clock.now(), ...(messageId === undefined ? {} : { messageId }) };
}

/** The deferral that goes before this answer is still on its way. */
function notYet({ outgoing: { to } }: Answer): GatewayError {
  const said = `discord: application ${to.account}: the interaction is being deferred; the answer follows.`;
  return new GatewayError("platform.failed", said, { platform, account: to.account, retryable: true, retryAfterMs: 500 });
}
