import type { Verifier } from "@devflow/gateway/contract";
import { equalInConstantTime, hmacSha256, secret } from "@devflow/gateway/kit";
import type { ToyOptions } from "./options.ts";

/** Toy signs `<time>.<body>`, and asks to refuse what is older than five minutes. */
const toleranceMs = 300_000;

/** Proves that a request is Toy's. */
export function verifier(options: ToyOptions): Verifier {
  return {
    async verify(request, context) {
      const key = options.signingSecret === undefined ? await context.secret("SIGNING_SECRET") : secret(options.signingSecret);
      if (!key?.expose()) return { proven: false, reason: "TOY_SIGNING_SECRET is missing" };
      const time = request.header("toy-time") ?? "";
      if (!/^\d+$/.test(time) || Math.abs(request.receivedAt - Number(time)) > toleranceMs)
        return { proven: false, reason: "toy-time is missing or more than five minutes off" };
      const expected = hmacSha256(key.expose(), Buffer.concat([Buffer.from(`${time}.`), request.body]));
      if (equalInConstantTime(request.header("toy-signature") ?? "", expected)) return { proven: true };
      return { proven: false, reason: "toy-signature does not match" };
    },
  };
}
