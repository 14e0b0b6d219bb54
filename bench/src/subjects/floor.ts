import { createHmac, timingSafeEqual } from "node:crypto";
import { Meter } from "./control.ts";
import { listen } from "./http.ts";
import { slack } from "./protocol.ts";

// The least that any receiver must do: take the request, prove it, parse it. Nothing is kept, nothing is handled.
const meter = new Meter();

const port = await listen((request, body) => {
  const timestamp = String(request.headers["x-slack-request-timestamp"]);
  const signature = Buffer.from(String(request.headers["x-slack-signature"]));
  const expected = Buffer.from(
    `v0=${createHmac("sha256", slack.signingSecret).update(`v0:${timestamp}:`).update(body).digest("hex")}`,
  );
  const proven = signature.length === expected.length && timingSafeEqual(signature, expected);
  if (!proven) return { status: 401 };
  JSON.parse(body.toString());
  meter.hit();
  return { status: 200 };
});
meter.answer(port, async () => {});
