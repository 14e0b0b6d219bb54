import type { HttpAnswer, HttpCall } from "@devflow/conformance";
import { routes, type Route } from "./routes.ts";

/** A GitLab of a few hundred lines: strict about paths, methods, headers and fields, and remembering what it was told. */
export interface Emulator {
  respond(call: HttpCall): HttpAnswer;
  /** What a real instance would refuse, or would take and forget. Empty where everything is right. */
  readonly violations: readonly string[];
  readonly state: State;
}

export interface Item {
  id: number;
  iid: number;
  [field: string]: unknown;
}

export interface State {
  readonly notes: Item[];
  readonly awards: Item[];
  readonly issues: Item[];
  readonly changes: Item[];
  readonly hooks: Item[];
  readonly events: Item[];
  readonly resent: string[];
  readonly runs: Item[];
  next: number;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function emulator(prefix = "/api/v4/"): Emulator {
  const violations: string[] = [];
  const state: State = { notes: [], awards: [], issues: [], changes: [], hooks: [], events: [], resent: [], runs: [], next: 100 };
  return {
    violations,
    state,
    respond(call) {
      const url = new URL(call.url, "http://emulator");
      const name = `${call.method} ${url.pathname}`;
      const wrong = (what: string): void => void violations.push(`${name}: ${what}`);
      if (!url.pathname.startsWith(prefix)) {
        wrong("not below the API");
        return { status: 404, body: { error: "404 Not Found" } };
      }
      checkHeaders(call, wrong);
      const path = url.pathname.slice(prefix.length);
      for (const route of routes) {
        const match = route.method === call.method ? route.path.exec(path) : null;
        if (match === null) continue;
        const fields = readFields(call, route, wrong);
        checkFields(fields, url, route, wrong);
        return route.answer({ match: match.slice(1).map(decodeURIComponent), fields, query: url.searchParams, state, path });
      }
      wrong("no such route");
      return { status: 404, body: { error: "404 Not Found" } };
    },
  };
}

function checkHeaders({ method, headers, url }: HttpCall, wrong: (what: string) => void): void {
  const credentials = ["private-token", "authorization", "job-token"].filter((one) => headers[one] !== undefined);
  if (credentials.length !== 1) wrong(`credentials: ${credentials.join(", ") || "none"}`);
  if (headers["authorization"] !== undefined && !headers["authorization"].startsWith("Bearer "))
    wrong("authorization is no Bearer");
  if (url.includes("token=")) wrong("a token in the query");
  const tag = headers["x-gitlab-event-uuid"];
  if (tag !== undefined && !uuid.test(tag)) wrong(`x-gitlab-event-uuid is ${tag}`);
  if (tag !== undefined && method === "GET") wrong("a read with x-gitlab-event-uuid");
  // What these cause would pass for our own doing.
  if (tag !== undefined && /\/(?:hooks|pipelines?|jobs)(?:\/|$)/.test(url)) wrong("x-gitlab-event-uuid");
}

function readFields({ body, headers }: HttpCall, route: Route, wrong: (what: string) => void): Record<string, unknown> {
  if (body === "") return {};
  const type = headers["content-type"] ?? "";
  if (route.form) {
    if (!type.startsWith("multipart/form-data; boundary=")) wrong(`content-type ${type}`);
    return { file: body };
  }
  if (type !== "application/json") wrong(`content-type ${type}`);
  return JSON.parse(body) as Record<string, unknown>;
}

function checkFields(fields: Record<string, unknown>, url: URL, route: Route, wrong: (what: string) => void): void {
  for (const name of route.required ?? []) if (fields[name] === undefined || fields[name] === "") wrong(`${name} is missing`);
  const known = new Set([...(route.required ?? []), ...(route.optional ?? [])]);
  for (const name of Object.keys(fields)) if (!known.has(name)) wrong(`${name} is no field`);
  const asked = new Set(["page", "per_page", ...(route.query ?? [])]);
  if (Number(url.searchParams.get("per_page") ?? 1) > (route.pageLimit ?? 100)) wrong("per_page is too large");
  for (const name of url.searchParams.keys()) if (!asked.has(name)) wrong(`${name} is no parameter`);
}
