import type { AddressInfo } from "node:net";
import { createServer, type IncomingMessage } from "node:http";
import { route } from "./routes.ts";
import type { Answer, Call } from "./writes.ts";
import { fresh, type State, type Transition, type Status } from "./state.ts";

export { addIssue, workflow, type Issue, type State } from "./state.ts";

/** A Jira on this machine that remembers what is done to it, and refuses what Jira would. */
export interface Emulator {
  readonly url: string;
  readonly state: State;
  readonly calls: readonly (Call & { readonly status: number })[];
  /** Answers the next request of that method and path with this instead; once done, the answer may be lost: `drop`. */
  once(method: string, path: RegExp, answer: Answer | "drop"): void;
  close(): Promise<void>;
}

/** Starts a Jira with an issue in each of the named statuses. */
export async function emulator(
  options: {
    readonly cloud?: boolean;
    readonly standing?: readonly string[];
    readonly workflow?: { readonly statuses: readonly Status[]; readonly transitions: readonly Transition[] };
  } = {},
): Promise<Emulator> {
  const { cloud = true, standing = ["To Do"] } = options;
  const state = fresh(cloud, standing, options.workflow);
  const calls: (Call & { readonly status: number })[] = [];
  const special: { readonly method: string; readonly path: RegExp; readonly answer: Answer | "drop" }[] = [];
  const server = createServer((request, response) => {
    void read(request).then((call) => {
      const at = special.findIndex(({ method, path }) => method === call.method && path.test(call.path));
      const [one] = at < 0 ? [] : special.splice(at, 1);
      const answer = one === undefined || one.answer === "drop" ? route(call, state, base()) : one.answer;
      calls.push({ ...call, status: answer.status ?? 200 });
      if (one?.answer === "drop") return void request.socket.destroy();
      const raw = answer.body instanceof Uint8Array || typeof answer.body === "string";
      response.writeHead(answer.status ?? 200, {
        ...(answer.body !== undefined && !raw && { "content-type": "application/json" }),
        ...answer.headers,
      });
      response.end(answer.body === undefined ? undefined : raw ? answer.body : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${cloud ? "" : "/jira"}`;
  return {
    url: base(),
    state,
    calls,
    once: (method, path, answer) => void special.push({ method, path, answer }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

async function read(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? "/", "http://jira.example");
  const text = Buffer.concat(chunks).toString();
  const json = request.headers["content-type"]?.startsWith("application/json") === true && text !== "";
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  return {
    method: request.method ?? "GET",
    path: decodeURIComponent(url.pathname),
    query: Object.fromEntries(url.searchParams),
    headers,
    body: json ? (JSON.parse(text) as unknown) : text,
  };
}
