import type { AdapterContext } from "@devflow/gateway/contract";
import { isObject } from "@devflow/gateway/kit";
import type * as Utils from "@gitbeaker/requester-utils";
import type { DefaultRequestOptions, FormattedResponse, RequesterType, ResourceOptions } from "@gitbeaker/requester-utils";
import { exchange, parseBody } from "./exchange.ts";

/**
 * What carries the SDK's requests: one attempt each, over the gateway's `fetch`. The SDK spells every key of a body in snake
 * case, which renames the inputs and variables of a pipeline, and puts a trigger token into the query, where access logs keep
 * it: both are put right here. Source: @gitbeaker/requester-utils 43.8.0.
 */
export function createRequester(
  { defaultOptionsHandler, GitbeakerRequestError }: Pick<typeof Utils, "defaultOptionsHandler" | "GitbeakerRequestError">,
  reach: typeof fetch,
  context: Pick<AdapterContext, "clock">,
  timeoutMs: number,
): (service: ResourceOptions) => RequesterType {
  return (service) => {
    const call =
      (method: string) =>
      async (endpoint: string, given: DefaultRequestOptions = {}): Promise<FormattedResponse<never>> => {
        const options = { ...(endpoint.endsWith("trigger/pipeline") ? tokenInBody(given) : given), method };
        const { headers = {}, body, searchParams, signal } = await defaultOptionsHandler(service, options);
        const url = new URL(endpoint, service.url.replace(/\/*$/, "/"));
        if (searchParams !== undefined) url.search = searchParams;
        const wire = {
          method,
          url,
          headers,
          signal,
          timeoutMs,
          ...(body === undefined ? {} : { body: asGiven(body, options.body) }),
        };
        // The SDK's own signal ends the call; the caller's context is not known here.
        const answer = await exchange(wire, reach, { ...context, signal: new AbortController().signal }, async (response) => {
          const said = await response.text();
          if (response.ok) return { response, said };
          throw new GitbeakerRequestError(`GitLab answered with HTTP ${response.status}`, {
            cause: { description: said, request: new Request(url, { method }), response },
          });
        });
        const found = Object.fromEntries(answer.response.headers);
        const empty = answer.said === "" ? null : parseBody(answer.said, answer.response.headers.get("content-type"));
        return { body: empty as never, headers: found, status: answer.response.status };
      };
    return { get: call("GET"), post: call("POST"), put: call("PUT"), patch: call("PATCH"), delete: call("DELETE") };
  };
}

function tokenInBody(given: DefaultRequestOptions): DefaultRequestOptions {
  const { searchParams, body, ...rest } = given;
  return body instanceof FormData ? given : { ...rest, body: { ...searchParams, ...body } };
}

function asGiven(body: string | FormData, given: DefaultRequestOptions["body"]): string | FormData {
  if (typeof body !== "string" || !isObject(given)) return body;
  const kept = ["inputs", "variables"].filter((name) => given[name] !== undefined);
  if (kept.length === 0) return body;
  const spelled = Object.fromEntries(kept.map((name) => [name, given[name]]));
  return JSON.stringify({ ...(JSON.parse(body) as object), ...spelled });
}
