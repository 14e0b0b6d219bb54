import type { AdapterContext, Reception, Site, Sink, WireResponse } from "@devflow/gateway/contract";
import type { Backstage } from "../client/index.ts";
import { explain, refusal } from "../errors.ts";
import type { WebSettings } from "../options.ts";
import { admit, renewalMs, type Session, type Sessions } from "../verify.ts";
import { asset, pageHtml } from "./assets.ts";
import { download, upload } from "./files.ts";
import { createGate } from "./gate.ts";
import { joined, readAction, readMessage, readQuery, readStop, readSubmission, type Ask } from "./inputs.ts";
import { beatMs, eventStream } from "./stream.ts";

const reads: Readonly<Record<string, (ask: Ask) => Promise<Reception>>> = {
  messages: readMessage,
  actions: readAction,
  options: readQuery,
  stops: readStop,
};

/** Serves the page, its scripts, its events and what it sends. Holds no state but counts and open streams. */
export function createSite(settings: WebSettings, backstage: Backstage, sessions: Sessions): Site {
  const { path, title, maxUploadBytes } = settings;
  const streams = createGate(6, 1_000);
  const requests = createGate(16, 1_000);
  const arrivals = createGate(32, 32);

  const serve = async (request: Request, sink: Sink, context: AdapterContext): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const [before, name = "", id, ...more] = pathname.slice(path.length).split("/");
    if (!pathname.startsWith(path) || before !== "" || more.length > 0) throw refusal("page.missing", "there is nothing here.");
    const file = id === undefined ? await asset(name) : undefined;
    if (file !== undefined || name === "") {
      only(request, "GET");
      admit(request, settings, "public");
      return file === undefined ? page() : script(file);
    }

    const origin = admit(request, settings, "private");
    if (request.method === "OPTIONS") return cors(new Response(null, { status: 204, headers: preflight }), origin);
    try {
      return cors(await answer(request, name, id, sink, context), origin);
    } catch (error) {
      return cors(failed(error, context), origin);
    }
  };

  const answer = async (
    request: Request,
    name: string,
    id: string | undefined,
    sink: Sink,
    context: AdapterContext,
  ): Promise<Response> => {
    if (name === "session" && id === undefined) {
      only(request, "POST");
      const session = (await sessions.find(request, context)) ?? (await arrive(request, sink, context));
      return withCookie(json(200, { title, maxUploadBytes, beatMs, room: session.room }), session);
    }
    const exists = name === "events" || name === "files" || name === "forms" || Object.hasOwn(reads, name);
    if (!exists || (id !== undefined && name !== "files")) throw refusal("page.missing", "there is nothing here.");
    only(request, name === "events" || id !== undefined ? "GET" : "POST");
    const session = await sessions.find(request, context);
    if (session === undefined) throw refusal("session.missing", "your session is over. Reload the page.");
    const ask: Ask = { request, room: session.room, backstage, context };
    return withCookie(name === "events" ? events(ask) : await reply(ask, name, id, sink), session);
  };

  const reply = async (ask: Ask, name: string, id: string | undefined, sink: Sink): Promise<Response> => {
    const leave = requests.enter(ask.room);
    try {
      if (id !== undefined) return await download(ask, id);
      if (name === "files") return json(201, await upload(ask, maxUploadBytes));
      if (name === "forms") return await submit(ask, sink);
      return toResponse(await sink(await reads[name]!(ask)));
    } finally {
      leave();
    }
  };

  /** Anybody may open a room, so it is also what anybody could do too often. */
  const arrive = async (request: Request, sink: Sink, context: AdapterContext): Promise<Session> => {
    const leave = arrivals.enter("");
    try {
      const session = await sessions.begin(request, context);
      await sink(joined(session.room, context.clock.now()));
      return session;
    } finally {
      leave();
    }
  };

  const submit = async (ask: Ask, sink: Sink): Promise<Response> => {
    const { reception, accepted } = await readSubmission(ask);
    const response = await sink(reception);
    if (response.status < 300) await accepted?.();
    return toResponse(response);
  };

  const events = ({ request, room, context }: Ask): Response => {
    const asked = request.headers.get("last-event-id") ?? new URL(request.url).searchParams.get("after") ?? "0";
    const after = /^\d{1,10}$/.test(asked) ? Number(asked) : 0;
    const closed = streams.enter(room);
    const signal = AbortSignal.any([request.signal, context.signal]);
    const until = context.clock.now() + renewalMs(settings);
    return new Response(eventStream({ room, after, until, backstage, context, signal, closed }), {
      headers: { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" },
    });
  };

  const page = (): Response => {
    const frames = ["'self'", ...settings.allowedOrigins].join(" ");
    const policy = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; connect-src 'self'`;
    return new Response(pageHtml(settings), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": `${policy}; base-uri 'none'; form-action 'none'; frame-ancestors ${frames}`,
        "referrer-policy": "no-referrer",
      },
    });
  };

  return {
    path,
    async fetch(request, sink, context) {
      let response: Response;
      try {
        response = await serve(request, sink, context);
      } catch (error) {
        response = failed(error, context);
      }
      response.headers.set("cache-control", "no-store");
      response.headers.set("x-content-type-options", "nosniff");
      return response;
    },
  };
}

/** Scripts and styles hold nothing private: any page that may talk to us may also load them. */
function script({ body, type }: { readonly body: string; readonly type: string }): Response {
  return new Response(body, {
    headers: { "content-type": type, "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" },
  });
}

const preflight = {
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers": "content-type",
  "access-control-max-age": "600",
};

function cors(response: Response, origin: string | undefined): Response {
  response.headers.set("vary", "origin");
  if (origin === undefined) {
    response.headers.set("cross-origin-resource-policy", "same-origin");
    return response;
  }
  response.headers.set("access-control-allow-origin", origin);
  response.headers.set("access-control-allow-credentials", "true");
  return response;
}

function only(request: Request, method: "GET" | "POST"): void {
  if (request.method === method || (method === "GET" && request.method === "HEAD")) return;
  throw refusal("method.refused", `${method} is the only method here.`);
}

function failed(error: unknown, context: AdapterContext): Response {
  const { status, text } = explain(error);
  if (status >= 500) context.log.error({ platform: "web", error }, "web: a request of the page failed");
  const response = json(status, { error: text });
  if (status === 429 || status === 503) response.headers.set("retry-after", "2");
  return response;
}

function withCookie(response: Response, { cookie }: Session): Response {
  if (cookie !== undefined) response.headers.set("set-cookie", cookie);
  return response;
}

function json(status: number, body: object): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

function toResponse({ status, headers, body }: WireResponse): Response {
  return new Response(body ?? null, headers === undefined ? { status } : { status, headers });
}
