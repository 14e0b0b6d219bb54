import { expect, it } from "vitest";
import { fakeContext, scriptedServer } from "@devflow/conformance";
import { sender } from "../src/send.ts";

it("posts a note under the outbox's key, so that a repeat makes no second one", async () => {
  const server = await scriptedServer(() => ({ status: 201, body: { id: "N2" } }));
  const context = fakeContext({ platform: "toy", settings: { API_URL: server.url } });
  const to = { platform: "toy", account: "T1", room: "R/1" };
  const receipt = await sender({ token: "t" }).send(
    { key: "e1/0", kind: "message.post", to, body: { text: "hi" }, attempt: 1 },
    context,
  );
  expect(receipt).toEqual({ at: context.clock.now(), messageId: "N2" });
  expect(server.calls).toMatchObject([{ method: "POST", url: "/rooms/R%2F1/notes", headers: { authorization: "Bearer t" } }]);
  expect(server.calls.map(({ body }): unknown => JSON.parse(body))).toEqual([{ text: "hi", once: "e1/0" }]);
  await server.close();
});
