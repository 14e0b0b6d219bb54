import { preview } from "@devflow/gateway";
import { expect, it } from "vitest";
import { gitlab } from "../src/index.ts";

it("puts every part of a long answer into the discussion of the note that it answers", async () => {
  const to = { platform: "gitlab", account: "main", room: "group/app", thread: "#5" };
  const parts = await preview(gitlab(), { content: "many words ".repeat(30_000), replyTo: "77" }, to);
  expect(parts.length).toBeGreaterThan(2);
  for (const { body } of parts) expect(body).toMatchObject({ replyTo: "77" });
});
