import { GatewayError } from "@devflow/gateway/kit";
import { files } from "../wired.ts";
import { failing, formatting, normalizing, sending, table, type Mutant } from "./mutant.ts";

let calls = 0;

/** What is wrong in what an adapter says, sends or fetches. */
export const outward: readonly Mutant[] = [
  ["a body with a function", "A-40", formatting(() => ({ format: () => ({ run: () => {} }) }))],
  ["a measure that grows", "A-41", formatting(({ measure }) => ({ measure: (content) => measure(content) + calls++ }))],
  ["a measure of half the letters", "A-42", formatting(({ measure }) => ({ measure: (content) => measure(content) / 2 }))],
  [
    "a formatter without native fields",
    "A-43",
    formatting(({ format }) => ({
      format(operation, to) {
        const { probe_field: _, ...body } = format(operation, to);
        return body;
      },
    })),
  ],
  [
    "a message id in the body",
    "A-44",
    formatting(({ format }) => ({
      format: (operation, to) => ({ ...format(operation, to), ...("messageId" in operation && { id: operation.messageId }) }),
    })),
  ],
  [
    "an empty reply",
    "A-45",
    formatting(({ format }) => ({
      format: (operation, to) => ({ ...format(operation, to), ...("draft" in operation && { reply: operation.draft.replyTo }) }),
    })),
  ],
  [
    "a formatter that needs a text",
    "A-46",
    formatting(({ format }) => ({
      format(operation, to) {
        if ("draft" in operation && operation.draft.content.length === 0) throw new TypeError("no text");
        return format(operation, to);
      },
    })),
  ],

  ["no receipt", "A-50", sending(async (right, ...args) => ({ at: (await right(...args)).at }))],
  ["a Retry-After that is not passed on", "A-51", failing({ retryAfterMs: undefined })],
  ["faults as refusals", "A-52", failing({ code: "operation.rejected" })],
  [
    "network errors as they come",
    "A-53",
    sending((right, ...args) =>
      right(...args).catch((error: GatewayError) =>
        Promise.reject(error.code === "network.failed" ? new TypeError("fetch failed") : error),
      ),
    ),
  ],
  ["everything to be tried again", "A-54", failing({ retryable: true })],
  ["what is gone as forbidden", "A-55", failing({ code: "auth.failed" })],
  [
    "a caller that is not heard",
    "A-56",
    sending((right, outgoing, context) =>
      right(outgoing, { ...context, signal: AbortSignal.timeout(300) }).catch(() => Promise.reject(new Error("timeout"))),
    ),
  ],
  ["a retry of its own", "A-57", sending((right, ...args) => right(...args).catch(() => right(...args)))],
  [
    "a token in the log",
    "A-58",
    sending(async (right, outgoing, context) => {
      context.log.info({ token: (await context.secret("BOT_TOKEN"))?.expose() }, "sending");
      return await right(outgoing, context);
    }),
  ],
  ["edits of another message", "A-59", sending((right, { messageId: _, ...rest }, context) => right(rest, context))],
  [
    "a promise of idempotence",
    "A-60",
    (one, apiUrl) => ({
      ...table(one, { idempotent: true }),
      ...sending((right, outgoing, context) => right({ ...outgoing, key: String(calls++) }, context))(one, apiUrl),
    }),
  ],
  [
    "a missing secret as a refused one",
    "A-61",
    sending((right, ...args) =>
      right(...args).catch(() => Promise.reject(new GatewayError("auth.failed", "fake: refused.", { platform: "fake" }))),
    ),
  ],
  ["nobody", "A-62", () => ({ identify: async () => ({ user: { id: "", kind: "bot", self: false } }) })],

  [
    "attachments that live in this process",
    "A-70",
    (adapter) => {
      const seen = new WeakSet<object>();
      return {
        ...normalizing((right, ...args) =>
          right(...args).map((event) => {
            if ("message" in event) for (const one of event.message.attachments) seen.add(one);
            return event;
          }),
        )(adapter, ""),
        files: {
          async open(file, ...rest) {
            if (!seen.has(file)) throw new Error("never seen");
            return (await adapter.files?.open(file, ...rest)) ?? new Uint8Array();
          },
        },
      };
    },
  ],
  [
    "files of any size",
    "A-71",
    (adapter) => ({
      files: {
        open: async (file, account, _, context) =>
          (await adapter.files?.open(file, account, { maxBytes: 1e9 }, context)) ?? new Uint8Array(),
      },
    }),
  ],
  [
    "credentials that follow a redirect",
    "A-72",
    (_, apiUrl) => ({
      files: files(apiUrl, async (url, headers, context) => {
        const first = await context.fetch(url, { headers, redirect: "manual" });
        return await context.fetch(first.headers.get("location") ?? url, { headers });
      }),
    }),
  ],
];
