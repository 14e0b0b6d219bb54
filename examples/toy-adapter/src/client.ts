import type { AdapterContext } from "@devflow/gateway/contract";
import { secret } from "@devflow/gateway/kit";
import { missing, toGatewayError, unreachable } from "./errors.ts";
import type { ToyOptions } from "./options.ts";

/** Toy's API for one team. A real platform has an SDK for this: wrap that, with its retries switched off. */
export interface ToyClient {
  call(method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE", path: string, body?: object): Promise<Response>;
}

/** Makes the client of one account. */
export async function toyClient(options: ToyOptions, account: string, context: AdapterContext): Promise<ToyClient> {
  const token = options.token === undefined ? await context.secret("BOT_TOKEN", account) : secret(options.token);
  if (!token) throw missing("BOT_TOKEN", account);
  const base = options.apiUrl ?? context.setting("API_URL") ?? "https://api.toy.example";
  return {
    async call(method, path, body) {
      const headers = { authorization: `Bearer ${token.expose()}`, "content-type": "application/json" };
      const { signal } = context;
      const request = { method, headers, signal, redirect: "manual" as const, ...(body && { body: JSON.stringify(body) }) };
      const response = await context.fetch(base + path, request).catch(() => undefined);
      if (!response) throw unreachable(account);
      if (!response.ok) throw toGatewayError(response, account);
      return response;
    },
  };
}
