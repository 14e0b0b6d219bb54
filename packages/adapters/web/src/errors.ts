import { GatewayError, isGatewayError, type ErrorCode } from "@devflow/gateway/kit";

/** Why a request of a page is refused, with the status it gets. */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  "wire.malformed": 400,
  "session.missing": 401,
  "origin.refused": 403,
  "page.missing": 404,
  "method.refused": 405,
  "target.gone": 410,
  "wire.oversized": 413,
  "wire.encoded": 415,
  "form.invalid": 422,
  "session.busy": 429,
  "store.unavailable": 503,
  "store.busy": 503,
  "store.full": 503,
  "store.closed": 503,
  "gateway.closed": 503,
};

/** A refusal in words that may be shown to the person. */
export function refusal(code: ErrorCode, message: string): GatewayError {
  return new GatewayError(code, `web: ${message}`, {
    platform: "web",
    retryable: statuses[code] === 503 || code === "session.busy",
  });
}

/** Status and text for a page. What we do not know is a 500 without details: those are for the log. */
export function explain(error: unknown): { readonly status: number; readonly text: string } {
  const status = isGatewayError(error) ? (statuses[error.code] ?? 500) : 500;
  if (status === 500) return { status, text: "Something went wrong here. Try again." };
  if (status === 503) return { status, text: "The gateway cannot take this right now. Try again in a moment." };
  return { status, text: isGatewayError(error) ? error.message.replace(/^web: /, "") : "" };
}
