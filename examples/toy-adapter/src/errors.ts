import { GatewayError, type ErrorCode } from "@devflow/gateway/kit";

const known: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  400: ["content.rejected", "Toy could not read the note"],
  401: ["auth.failed", "the bot token is not valid. Make a new one under Team settings → Bots"],
  404: ["target.gone", "the room or note is gone. Nothing to do"],
  429: ["rate.limited", "Toy asks for patience. It is tried again"],
};

/** What a refusal of Toy means. Its text stays out: error pages of proxies repeat the request, token included. */
export function toGatewayError(response: Response, account: string): GatewayError {
  const { status } = response;
  const [code, says]: readonly [ErrorCode, string] =
    status >= 500
      ? ["platform.failed", "Toy has a fault. It is tried again"]
      : (known[status] ?? ["operation.rejected", "Toy refused"]);
  const retryAfterMs = Number(response.headers.get("retry-after")) * 1000;
  return new GatewayError(code, `toy: ${says} (${status}).`, {
    platform: "toy",
    account,
    retryable: status === 429 || status >= 500,
    ...(retryAfterMs > 0 && { retryAfterMs }),
  });
}

/** No answer at all. The cause stays out: it may quote the request. */
export function unreachable(account: string): GatewayError {
  return new GatewayError("network.failed", "toy: the API cannot be reached. It is tried again.", {
    platform: "toy",
    account,
    retryable: true,
  });
}

/** A secret that nobody configured. */
export function missing(name: string, account: string): GatewayError {
  return new GatewayError("secret.missing", `toy: ${name} of ${account} is missing. Set TOY_${name}, or hand it to toy().`, {
    platform: "toy",
    account,
  });
}
