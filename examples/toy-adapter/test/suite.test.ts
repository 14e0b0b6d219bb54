import { describe, it } from "vitest";
import { adapterSuite, canaries, type Fixture } from "@devflow/conformance";
import { hmacSha256 } from "@devflow/gateway/kit";
import { toy } from "../src/index.ts";
import { identity, said } from "./payload.ts";

const secrets = canaries("SIGNING_SECRET", "BOT_TOKEN");
const fixture = (name: string, changes: object, kinds: Fixture["kinds"], self = false): Fixture => ({
  name,
  body: JSON.stringify({ ...said, id: name, ...changes }),
  kinds,
  self,
});

adapterSuite(
  {
    name: "toy",
    adapter: ({ apiUrl }) => toy({ apiUrl }),
    entry: import.meta.resolve("../src/index.ts"),
    secrets,
    to: { platform: "toy", account: "T1", room: "R1" },
    identity,
    webhook: {
      sign: (body, at) => ({
        body,
        headers: { "toy-time": String(at), "toy-signature": hmacSha256(secrets["SIGNING_SECRET"] ?? "", `${at}.${body}`) },
      }),
      proof: "toy-signature",
      toleranceMs: 300_000,
    },
    fixtures: [
      fixture("said", {}, ["message.created"]),
      fixture("changed", { type: "changed" }, ["message.edited"]),
      fixture("removed", { type: "removed" }, ["message.deleted"]),
      fixture("cheered", { type: "cheered", cheer: "👍" }, ["reaction.added"]),
      fixture("pressed", { type: "pressed", button: { id: "yes", value: "1" } }, ["action.invoked"]),
      fixture("ours", { by: { id: "B1", name: "bot", robot: true } }, ["message.created"], true),
      fixture("new", { type: "danced" }, ["platform.event"]),
      fixture("ping", { type: "ping" }, []),
    ],
    server: {
      respond({ url }) {
        if (url === "/me") return { body: { id: "B1", name: "bot", team: "Toys" } };
        if (url.startsWith("/files/")) return { body: "data" };
        return { status: 201, body: { id: "N2" } };
      },
      isDownload: ({ url }) => url.startsWith("/files/"),
    },
  },
  { describe, it },
);
