import { hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Attachment } from "@devflow/gateway/contract";
import { whatsapp } from "../src/index.ts";
import { account, eventOf, fakeGraph, incoming, token } from "./support/index.ts";

const attachment: Attachment = { kind: "image", source: { type: "remote", handle: `${account}/77` } };
const host = "https://lookaside.fbsbx.com";

/** Meta with one file, whose bytes come from wherever `url` says. */
function serving(bytes: () => unknown, found: object = { url: `${host}/a?mid=77` }) {
  return fakeGraph(({ path }) => (path.includes("/77?") ? found : bytes()));
}
const open = async (graph: ReturnType<typeof serving>, what = attachment, maxBytes = 1_000): Promise<string> => {
  const bytes = await whatsapp().files?.open(what, account, { maxBytes }, graph.context());
  return Buffer.from(bytes ?? []).toString();
};

describe("files", () => {
  it("lesson 8: open after a queue and a restart, in two steps", async () => {
    const { message } = await eventOf(incoming({ type: "image", image: { id: "77", url: `${host}/old` } }), "message.created");
    const graph = serving(() => new Response("bytes"));
    expect(await open(graph, JSON.parse(JSON.stringify(message.attachments[0])))).toBe("bytes");
    expect(graph.calls.map(({ path }) => path)).toEqual([
      `https://graph.facebook.com/v25.0/77?phone_number_id=${account}`,
      `${host}/a?mid=77`,
    ]);
    for (const { headers } of graph.calls) {
      expect(headers.get("authorization")).toBe(`Bearer ${token}`);
      expect(headers.get("user-agent")).toBe("DevFlow-Gateway");
    }
  });

  it.each([
    "https://evil.example/a",
    "http://lookaside.fbsbx.com/a",
    "https://fbsbx.com.evil.example/a",
    "https://evilfbsbx.com/a",
  ])("lesson 34: send the token to Meta's hosts alone, and not to %s", async (url) => {
    const direct = serving(() => new Response("bytes"), { url });
    await expect(open(direct)).rejects.toMatchObject({ code: "file.refused" });
    const redirected = serving(() => new Response(null, { status: 302, headers: { location: url } }));
    await expect(open(redirected)).rejects.toMatchObject({ code: "file.refused" });
    expect([...direct.calls, ...redirected.calls].some(({ path }) => path === url)).toBe(false);
  });

  it("follow a redirect within Meta, and no circle", async () => {
    let answers = 0;
    const within = serving(() =>
      answers++ === 0
        ? new Response(null, { status: 302, headers: { location: "https://scontent.xx.fbcdn.net/a" } })
        : new Response("bytes"),
    );
    expect(await open(within)).toBe("bytes");
    const circle = serving(() => new Response(null, { status: 302, headers: { location: `${host}/a` } }));
    await expect(open(circle)).rejects.toThrow("too often");
  });

  it("are as large as the caller takes, by what Meta says and by what comes", async () => {
    const refused = expect.objectContaining({ code: "file.refused" }) as Error;
    await expect(open(serving(() => new Response("x"), { url: host, file_size: 1_001 }))).rejects.toEqual(refused);
    await expect(open(serving(() => new Response("x", { headers: { "content-length": "1001" } })))).rejects.toEqual(refused);
    await expect(open(serving(() => new Response("x".repeat(1_001))))).rejects.toEqual(refused);
  });

  it("fit their checksum, in hex or base64", async () => {
    const sum = (encoding: "hex" | "base64", of = "bytes"): object => ({
      url: `${host}/a`,
      sha256: hash("sha256", of, encoding),
    });
    for (const encoding of ["hex", "base64"] as const) {
      expect(await open(serving(() => new Response("bytes"), sum(encoding)))).toBe("bytes");
      await expect(open(serving(() => new Response("bytes"), sum(encoding, "others")))).rejects.toMatchObject({
        retryable: true,
      });
    }
    expect(await open(serving(() => new Response("bytes"), { url: `${host}/a`, sha256: "cut" }))).toBe("bytes");
  });

  it("belong to one number, and are gone after a while", async () => {
    const other = { kind: "image", source: { type: "remote", handle: "1/77" } } as const;
    await expect(
      open(
        serving(() => undefined),
        other,
      ),
    ).rejects.toMatchObject({ code: "file.refused" });
    await expect(open(serving(() => new Response(null, { status: 404 })))).rejects.toMatchObject({ retryable: false });
    await expect(open(serving(() => new Response(null, { status: 503 })))).rejects.toMatchObject({ retryable: true });
    await expect(open(serving(() => undefined, {}))).rejects.toThrow("no address");
    await expect(open(serving(() => new TypeError("broken")))).rejects.toMatchObject({ code: "network.failed" });
  });
});
