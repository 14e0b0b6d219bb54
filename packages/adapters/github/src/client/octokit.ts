import type { Octokit } from "@octokit/core";

/** How our own client is made. */
export interface OctokitSpec {
  readonly apiUrl: string;
  readonly apiVersion: string;
  readonly fetch: typeof fetch;
  /** The header `authorization` for a path. */
  authorize(path: string, octokit: Octokit): Promise<string>;
  /** GitHub did not take that header. True when another attempt would be made with another token. */
  refused(path: string, authorization: string): Promise<boolean>;
}

/** A client without retries, queue and voice: pace and repetition belong to the outbox. */
export async function makeOctokit(spec: OctokitSpec): Promise<Octokit> {
  const { Octokit: Client } = await import("@octokit/core");
  const octokit: Octokit = new Client({
    baseUrl: spec.apiUrl,
    userAgent: "devflow-gateway",
    log: { debug: mute, info: mute, warn: mute, error: mute },
    request: { fetch: plainFetch(spec.fetch), log: { debug: mute, info: mute, warn: mute, error: mute } },
  });
  octokit.hook.wrap("request", async (request, options) => {
    options.headers["x-github-api-version"] ??= spec.apiVersion;
    if (options.headers.authorization !== undefined) return await request(options);
    const path = pathOf(options.url, spec.apiUrl);
    const authorization = (options.headers.authorization = await spec.authorize(path, octokit));
    try {
      return await request(options);
    } catch (error) {
      // Nothing was done, so it can be asked once more. A token may end early, and a new one may be unknown for some seconds.
      if (!isRefusal(error) || !(await spec.refused(path, authorization))) throw error;
      options.headers.authorization = await spec.authorize(path, octokit);
      try {
        return await request(options);
      } catch (again) {
        throw isRefusal(again) ? Object.assign(again, { fresh: true }) : again;
      }
    }
  });
  return octokit;
}

function isRefusal(error: unknown): error is Error {
  return error instanceof Error && "status" in error && error.status === 401;
}

function mute(): void {
  // What the SDK has to say is in its errors.
}

function pathOf(url: string, apiUrl: string): string {
  const path = url.startsWith(apiUrl) ? url.slice(apiUrl.length) : url;
  return path.split("?")[0] ?? "";
}

/** The SDK's call without what is set to nothing. A redirected POST is not sent once more: it says that a repository has moved. */
function plainFetch(inner: typeof fetch): typeof fetch {
  return (input, init = {}) => {
    const { method = "GET", headers = {}, body, signal } = init;
    return inner(input, {
      method,
      headers,
      ...(body == null ? {} : { body }),
      ...(signal == null ? {} : { signal }),
      redirect: method === "POST" ? "manual" : "follow",
    });
  };
}
