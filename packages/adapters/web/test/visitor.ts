import type { Operation, OperationKind, Outgoing, Receipt } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import type { WebAdapter } from "../src/index.ts";
import type { World } from "./world.ts";

export const origin = "http://localhost:3000";

/** A browser that behaves: it keeps its cookie and says where its requests come from. */
export interface Visitor {
  readonly room: string;
  readonly cookie: string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

/** Any request, as it is. */
export function ask(adapter: WebAdapter, world: World, request: Request): Promise<Response> {
  if (adapter.site === undefined) throw new Error("no site");
  return adapter.site.fetch(request, world.sink, world.context);
}

/** Opens the page as somebody new, or as whoever the cookie says. */
export async function visit(adapter: WebAdapter, world: World, known = ""): Promise<Visitor> {
  const own = { "sec-fetch-site": "same-origin", origin };
  const session = await ask(
    adapter,
    world,
    new Request(`${origin}/chat/session`, { method: "POST", headers: { ...own, cookie: known } }),
  );
  if (session.status !== 200) throw new Error(`session: ${session.status}`);
  const cookie = session.headers.get("set-cookie")?.split(";", 1)[0] ?? known;
  const { room } = (await session.json()) as { room: string };
  return {
    room,
    cookie,
    get: (path, headers = {}) =>
      ask(adapter, world, new Request(origin + path, { headers: { cookie, "sec-fetch-site": "same-origin", ...headers } })),
    post(path, body, headers = {}) {
      const json = typeof body !== "string" && !(body instanceof Uint8Array);
      const type = json ? { "content-type": "application/json" } : {};
      return ask(
        adapter,
        world,
        new Request(origin + path, {
          method: "POST",
          headers: { cookie, ...own, ...type, ...headers },
          body: json ? JSON.stringify(body) : (body as string),
        }),
      );
    },
  };
}

let sends = 0;

/** Sends an operation as the outbox does: formatted, under a key of its own unless one is given. */
export function send(
  adapter: WebAdapter,
  world: World,
  room: string,
  operation: Operation,
  more: Partial<Outgoing> = {},
): Promise<Receipt> {
  const to = { platform: "web", account: "site", room };
  const kind: OperationKind = operation.kind;
  const messageId = "messageId" in operation ? { messageId: operation.messageId } : {};
  const body = adapter.formatter.format(operation, to);
  return adapter.sender.send({ key: `send-${sends++}`, kind, to, body, attempt: 1, ...messageId, ...more }, world.context);
}

/** A message in Markdown. */
export function post(text: string): Operation<"message.post"> {
  return { kind: "message.post", draft: { content: parseMarkdown(text), attachments: [] } };
}

/** An id as pages make them. */
export function inputId(name: string): string {
  return `${name}-`.padEnd(24, "0");
}
