import { MatrixClient } from "matrix-js-sdk";
import { expect, it } from "vitest";
import { matrix } from "../src/index.ts";
import { account, world } from "./support/events.ts";
import { bench } from "./support/server.ts";

const file = { kind: "file", source: { type: "remote", handle: "matrix/mxc://example.org/abc" } } as const;

it("are downloaded with what a client that is handed in knows, and nothing besides", async () => {
  await using home = await bench(() => ({ body: "bytes" }));
  const client = new MatrixClient({ baseUrl: home.url, accessToken: "of-the-client", userId: account });
  const context = world({ secrets: {}, settings: {} });
  const bytes = await matrix({ client }).files?.open(file, account, { maxBytes: 100 }, context);
  expect(Buffer.from(bytes ?? []).toString()).toBe("bytes");
  expect(home.calls("/download/example.org/abc")[0]?.headers["authorization"]).toBe("Bearer of-the-client");
});
