import { expect, it } from "vitest";
import { fakeContext, rawRequest } from "@devflow/conformance";
import { hmacSha256 } from "@devflow/gateway/kit";
import { verifier } from "../src/verify.ts";

it("takes a key from its options or from the vault, and refuses without one", async () => {
  const request = rawRequest("{}", { "toy-time": "1000", "toy-signature": hmacSha256("key", "1000.{}") }, 1000);
  expect(await verifier({ signingSecret: "key" }).verify(request, fakeContext())).toEqual({ proven: true });
  expect(await verifier({}).verify(request, fakeContext({ secrets: { SIGNING_SECRET: "key" } }))).toEqual({ proven: true });
  const missing = { proven: false, reason: "TOY_SIGNING_SECRET is missing" };
  expect(await verifier({}).verify(request, fakeContext())).toEqual(missing);
  expect(await verifier({ signingSecret: "" }).verify(request, fakeContext())).toEqual(missing);
});
