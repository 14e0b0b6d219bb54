import { GatewayError, type ErrorCode } from "@devflow/gateway/kit";

/** Which endpoint failed. Its address is not among it: those of webhooks are often secrets themselves. */
export interface Failed {
  readonly platform: string;
  readonly account: string;
}

/** How long an endpoint gets that says 429 and not for how long: the second step of Standard Webhooks' schedule. */
const usualWaitMs = 5_000;

/** What an endpoint's answer means. Undefined when it has taken the request: any 2xx. */
export function readAnswer(
  response: Pick<Response, "status" | "headers">,
  failed: Failed,
  now: number,
): GatewayError | undefined {
  const { status, headers } = response;
  if (status >= 200 && status < 300) return undefined;
  const waitMs = waitOf(headers.get("retry-after"), now);
  if (status === 429 || (status >= 500 && waitMs !== undefined))
    return refusal("rate.limited", `answered ${status}. It is sent later`, failed, waitMs ?? usualWaitMs);
  if (status >= 500) return refusal("platform.failed", `answered ${status}. It will be tried again`, failed, 0);
  if (status === 408 || status === 425) return refusal("network.failed", `answered ${status}. It will be tried again`, failed, 0);
  if (status >= 300 && status < 400)
    return refusal(
      "operation.rejected",
      `answered ${status}, and redirects are not followed. Put its new address into \`url\``,
      failed,
    );
  if (status === 401 || status === 403)
    return refusal("auth.failed", `answered ${status}. See to its secret and headers, then replay the dead letter`, failed);
  if (status === 404 || status === 410)
    return refusal("target.gone", `answered ${status}: nobody listens there any more. See to its \`url\``, failed);
  return refusal("operation.rejected", `answered ${status}, which it would do again. Look into its log`, failed);
}

/** What the network threw. It may quote addresses, so only its short code is taken. */
export function unreachable(thrown: unknown, failed: Failed): GatewayError {
  let code = "";
  for (let at: unknown = thrown, depth = 0; typeof at === "object" && at !== null && depth < 5; depth++) {
    if ("code" in at && typeof at.code === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(at.code)) code = ` (${at.code})`;
    at = "cause" in at ? at.cause : undefined;
  }
  return refusal("network.failed", `could not be reached${code}. It will be tried again`, failed, 0);
}

/** Seconds, or a date. */
function waitOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, until - now);
}

/** With `waitMs`, it may be tried again. */
function refusal(code: ErrorCode, what: string, { platform, account }: Failed, waitMs?: number): GatewayError {
  return new GatewayError(code, `${platform}: the endpoint ${account} ${what}.`, {
    platform,
    account,
    retryable: waitMs !== undefined,
    ...(waitMs !== undefined && waitMs > 0 ? { retryAfterMs: waitMs } : {}),
  });
}
