import type { Identity } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { statusOf } from "../errors.ts";
import { platform } from "../options.ts";
import { idOf, record, text } from "../wire/index.ts";
import type { Answer, Args } from "./answer.ts";

type Ask = (route: string, args?: Args) => Promise<Answer>;

/**
 * Who a client is. An App writes as the user `<slug>[bot]`; a token writes as its person, and a client that was handed in may be
 * either, which GitHub's answer tells.
 */
export async function identifyWith(ask: Ask, isApp: boolean, given: boolean): Promise<Identity> {
  if (isApp) return await identifyApp(ask);
  try {
    const user = record((await ask("GET /user")).data);
    const login = text(user["login"]);
    const id = idOf(user["id"]);
    if (login === undefined || id === undefined) throw unsaid("GET /user");
    const kind = user["type"] === "Bot" ? "bot" : "person";
    return { user: { id, kind, self: true, name: text(user["name"]) ?? login, handle: login }, title: login };
  } catch (error) {
    const status = statusOf(error);
    if (!given || (status !== 401 && status !== 403)) throw error;
    return await identifyApp(ask);
  }
}

async function identifyApp(ask: Ask): Promise<Identity> {
  const app = record((await ask("GET /app")).data);
  const slug = text(app["slug"]);
  if (slug === undefined) throw unsaid("GET /app");
  const handle = `${slug}[bot]`;
  // Its user's id can be asked with an installation's token alone. The handle is the App's own, too.
  const user = await ask("GET /users/{username}", { username: handle }).catch(() => undefined);
  const name = text(app["name"]) ?? slug;
  return { user: { id: idOf(record(user?.data)["id"]) ?? "", kind: "bot", self: true, name, handle }, title: name };
}

function unsaid(route: string): GatewayError {
  return new GatewayError("auth.failed", `github: ${route} does not say who we are.`, { platform });
}
