import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Adapter } from "@devflow/gateway";
import { previews } from "./previews.ts";

const types: Readonly<Record<string, string>> = { html: "text/html", css: "text/css", js: "text/javascript" };
const drawings = ["slack.js", "telegram.js", "discord.js", "whatsapp.js", "matrix.js", "gfm.js", "jira.js"];
const files = new Set(["index.html", "style.css", "work.css", "panel.js", "dom.js", ...drawings]);
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const maxBytes = 512 * 1024;

/** The playground's own page: the chat with a panel beside it. Everything that the gateway does not serve comes here. */
export function playgroundPages(adapters: readonly Adapter[], live: readonly string[]) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    serve(request, response, adapters, live).catch(() =>
      response.headersSent ? response.destroy() : response.writeHead(400).end(),
    );
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  adapters: readonly Adapter[],
  live: readonly string[],
): Promise<void> {
  response.setHeader("cache-control", "no-store");
  response.setHeader("x-content-type-options", "nosniff");
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  if (request.method === "POST" && path === "/previews") {
    if (request.headers["content-type"] !== "application/json") return void response.writeHead(415).end();
    const asked: unknown = JSON.parse(await read(request));
    const answer = JSON.stringify({ live, previews: await previews(adapters, asked) });
    return void response.writeHead(200, { "content-type": "application/json" }).end(answer);
  }
  const name = path === "/" ? "index.html" : path.slice(1);
  if (request.method !== "GET" || !files.has(name)) return void response.writeHead(404).end("There is nothing here.");
  const body = await readFile(new URL(`./page/${name}`, import.meta.url));
  const type = types[name.split(".").at(-1) ?? ""] ?? "text/plain";
  response.writeHead(200, { "content-type": `${type}; charset=utf-8`, "content-security-policy": policy }).end(body);
}

async function read(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.byteLength;
    if (size > maxBytes) throw new RangeError("too large");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
