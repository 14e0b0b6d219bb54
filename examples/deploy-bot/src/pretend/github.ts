import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator } from "emulate";
import { pretendActions, type Answer } from "./actions.ts";
import { freePort } from "./port.ts";

/** A GitHub on this machine, with one repository. */
export interface PretendGithub {
  readonly url: string;
  readonly token: string;
  /** How often a run was asked for. */
  dispatches(): number;
  close(): Promise<void>;
}

/**
 * Users, tokens, repositories and webhooks are those of `emulate`, which runs behind a port of our own. It has no workflows: what
 * belongs to GitHub Actions is answered by {@link pretendActions}, if `emulate` lets the caller see the repository.
 */
export async function startGithub(
  repository: string,
  options: {
    readonly paceMs?: number;
    readonly hurried?: boolean;
    /** The first answer to a dispatch is lost on its way. */
    readonly forgetful?: boolean;
  } = {},
): Promise<PretendGithub> {
  const [owner = "", name = ""] = repository.split("/");
  const token = "ghp_pretend";
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const port = await freePort();
  const emulator = await createEmulator({
    service: "github",
    port,
    baseUrl: url,
    seed: {
      tokens: { [token]: { login: owner, scopes: ["repo", "admin:repo_hook"] } },
      github: { users: [{ login: owner }], repos: [{ owner, name, auto_init: true }] },
    },
  });
  const actions = pretendActions({ url, repository, ...options });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const { method = "GET", url: path = "/", headers } = request;
    const body = Buffer.concat(pieces).toString();
    const behind = async (asked: string, init: RequestInit): Promise<Answer> => {
      const found = await fetch(`http://127.0.0.1:${port}${asked}`, {
        ...init,
        headers: { authorization: headers.authorization ?? "", "content-type": "application/json" },
      });
      const text = await found.text();
      return { status: found.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
    };
    const see = async (asked: string): Promise<Answer> => await behind(asked, {});
    const { status, body: said } =
      (await actions.answer({ method, path, body, see })) ?? (await behind(path, { method, ...(body && { body }) }));
    if (method === "POST" && path.endsWith("/hooks") && status === 201) actions.hook(said, body);
    if (options.forgetful === true && path.endsWith("/dispatches") && actions.dispatches() === 1)
      return void request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json" }).end(said === undefined ? "" : JSON.stringify(said));
  }

  return {
    url,
    token,
    dispatches: actions.dispatches,
    async close() {
      actions.stop();
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
      await emulator.close();
    },
  };
}
