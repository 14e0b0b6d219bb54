import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { discord } from "../src/index.ts";
import { api, refusal } from "./support/api.ts";
import { ada, application, message, room, us, world } from "./support/index.ts";

const remote = (handle: string) => ({ kind: "file" as const, source: { type: "remote" as const, handle } });

describe("the directory", () => {
  it("knows people and channels, asks once, and does not know strangers", async () => {
    await using server = await api(({ path }) => {
      if (path === `/users/${ada.id}`) return { body: ada };
      return path === `/channels/${room.room}` ? { body: { id: room.room, type: 3, name: "club" } } : refusal(404, 10_013);
    });
    const { directory } = discord({ apiUrl: server.url });
    const context = world();
    expect(await directory?.user(ada.id, application, context)).toMatchObject({ id: ada.id, name: "Ada", handle: "ada" });
    expect(await directory?.user(ada.id, application, context)).toMatchObject({ name: "Ada" });
    expect(await directory?.conversation(room, context)).toMatchObject({ kind: "group", title: "club" });
    expect(await directory?.user("9", application, context)).toBeUndefined();
    expect(await directory?.user("../x", application, context)).toBeUndefined();
    expect(server.calls).toHaveLength(3);
  });
});

describe("the archive", () => {
  it("reads newest last, page by page, with the start of a thread from its parent", async () => {
    const page = (from: number, count: number) => Array.from({ length: count }, (_, n) => message({ id: String(from - n) }));
    await using server = await api(({ path }) => {
      if (path === "/users/@me") return { body: us };
      if (!path.includes("before=")) return { body: page(1_200, 100) };
      return {
        body: [...page(1_100, 1), message({ id: "9", type: 21, content: "", referenced_message: message({ content: "start" }) })],
      };
    });
    const found = await discord({ apiUrl: server.url }).archive?.history(room, { limit: 150 }, world());
    expect(found).toHaveLength(102);
    expect(found?.[0]?.text).toBe("start");
    expect(found?.at(-1)).toMatchObject({ id: "1200", addressed: false });
    expect(server.calls.at(-1)?.path).toContain("limit=50&before=1101");
  });
});

describe("files", () => {
  it("renews an address that has expired, and gives up on one that is gone", async () => {
    await using server = await api(({ path }) => {
      if (path.includes("old")) return { status: 404, body: {} };
      if (path.includes("refresh-urls")) return { body: { refreshed_urls: [{ refreshed: `${server.url}/new` }] } };
      return { body: "fresh" };
    });
    const { files } = discord({ apiUrl: server.url });
    const bytes = await files?.open(remote(`${server.url}/old`), application, { maxBytes: 100 }, world());
    expect(Buffer.from(bytes ?? []).toString()).toBe('"fresh"');
    expect(server.calls.filter(({ authorized }) => authorized).map(({ path }) => path)).toEqual(["/attachments/refresh-urls"]);
  });

  it.each(["https://evil.example/a", "http://cdn.discordapp.com/a", "nothing"])(
    "are not fetched from elsewhere: %s",
    async (url) => {
      await using server = await api();
      const opened = discord({ apiUrl: server.url }).files?.open(remote(url), application, { maxBytes: 9 }, world());
      await expect(opened).rejects.toMatchObject({ code: "file.refused" });
      expect(server.calls).toEqual([]);
    },
  );
});

describe("the client", () => {
  it("keeps its token after Discord has refused it once", async () => {
    await using server = await api((_, count) => (count === 1 ? refusal(401, 0) : { body: us }));
    const adapter = discord({ apiUrl: server.url });
    const context = world();
    await expect(adapter.identify(application, context)).rejects.toMatchObject({ code: "auth.failed", retryable: false });
    expect(await adapter.identify(application, context)).toMatchObject({ user: { id: us.id, self: true, handle: "rig" } });
    expect(server.calls.every(({ authorized }) => authorized)).toBe(true);
  });

  it("waits for a bucket that the headers call used up, without asking again", async () => {
    const headers = {
      "x-ratelimit-limit": "5",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset-after": "3",
      "x-ratelimit-bucket": "abc",
    };
    await using server = await api(() => ({ body: us, headers }));
    const adapter = discord({ apiUrl: server.url });
    const context = world();
    // The first answer names the bucket, the second one fills it.
    await adapter.identify(application, context);
    await adapter.identify(application, context);
    const error = await adapter.identify(application, context).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "rate.limited", retryable: true });
    expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(2_000);
    expect(server.calls).toHaveLength(2);
  });

  it("stops before Discord bans the address for refused requests", async () => {
    await using server = await api(() => ({ body: us }));
    const adapter = discord({ apiUrl: server.url });
    const context = world();
    const { rest } = await adapter.client(application, context);
    rest.emit("invalidRequestWarning", { count: 9_000, remainingTime: 60_000 });
    await expect(adapter.identify(application, context)).rejects.toMatchObject({ code: "rate.limited", retryAfterMs: 60_000 });
    expect(server.calls).toEqual([]);
    await context.clock.advance(60_000);
    await adapter.identify(application, context);
  });

  it("leaves nothing behind on a signal that lives as long as the line", async () => {
    await using server = await api(() => ({ body: us }));
    const caller = new AbortController();
    const { identify } = discord({ apiUrl: server.url });
    const context = world({ signal: caller.signal });
    for (let n = 0; n < 3; n++) await identify(application, context);
    expect(getEventListeners(caller.signal, "abort")).toEqual([]);
    caller.abort();
    await expect(identify(application, context)).rejects.toMatchObject({ code: "network.failed" });
    expect(server.calls).toHaveLength(3);
  });

  it("says that there is no token, or that it is none", async () => {
    const identify = (secrets: Record<string, string>) => discord().identify(application, world({ secrets }));
    await expect(identify({})).rejects.toMatchObject({ code: "secret.missing" });
    await expect(identify({ BOT_TOKEN: "nonsense" })).rejects.toMatchObject({ code: "secret.missing" });
  });
});
