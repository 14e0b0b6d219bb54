import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGateway } from "@devflow/gateway";
import { serve, type Serving } from "@devflow/gateway/node";
import { isObject, type JsonObject } from "@devflow/gateway/kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { matrix } from "../src/index.ts";
import { freePort, homeserver, python, type Homeserver } from "./support/synapse.ts";

const missing = "needs DEVFLOW_SYNAPSE, a Python that can import synapse";
const bodyOf = ({ content }: JsonObject): string => (isObject(content) ? String(content.body) : "");

describe.skipIf(!python)(`an application service of a real homeserver (${missing})`, () => {
  let home: Homeserver;
  let serving: Serving;
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "matrix-as-"));
    const port = await freePort();
    const registration = {
      id: "rig",
      url: `http://127.0.0.1:${port}`,
      as_token: "as-token-of-a-test",
      hs_token: "hs-token-of-a-test",
      sender_localpart: "rig",
      rate_limited: false,
      namespaces: { users: [{ exclusive: true, regex: "@rig_.*" }] },
    };
    const file = join(folder, "registration.yaml");
    await writeFile(file, JSON.stringify(registration));
    home = await homeserver({ app_service_config_files: [file] });
    const adapter = matrix({ token: registration.as_token, hsToken: registration.hs_token, apiUrl: home.url });
    const gateway = createGateway({ adapters: [adapter] });
    gateway.on("message.created", { addressed: true }, async (c) => void (await c.reply(`heard ${c.message.text}`)));
    serving = await serve(gateway, { port, signals: false });
  }, 120_000);
  afterAll(async () => {
    await serving?.close();
    await home?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it("is pushed an invitation and what is said, and answers", async () => {
    const ada = await home.register("ada");
    const me = `@rig:${home.name}`;
    const room = String(
      (await ada.ask("POST", "/createRoom", { is_direct: true, preset: "trusted_private_chat", invite: [me] })).room_id,
    );
    await ada.sees(room, (event) => event.state_key === me && isObject(event.content) && event.content.membership === "join");
    await ada.say(room, "hello");
    expect((await ada.sees(room, (event) => event.sender === me && bodyOf(event).startsWith("heard"))).content).toMatchObject({
      body: "heard hello",
    });
  }, 60_000);
});
