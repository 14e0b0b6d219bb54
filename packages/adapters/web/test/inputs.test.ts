import type { Action, Content, Form } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { web } from "../src/index.ts";
import { inputId, send, visit } from "./visitor.ts";
import { createWorld, key } from "./world.ts";

async function start() {
  const world = createWorld();
  const adapter = web({ sessionSecret: key, maxUploadBytes: 1_000 });
  const ada = await visit(adapter, world);
  world.received.length = 0;
  const offer = async (...blocks: readonly (readonly Action[])[]): Promise<string> => {
    const content: Content = blocks.map((items) => ({ type: "actions", items }));
    return (await send(adapter, world, ada.room, { kind: "message.post", draft: { content, attachments: [] } })).messageId ?? "";
  };
  const open = (form: Form) => send(adapter, world, ada.room, { kind: "form.open", trigger: "t", form });
  return { world, adapter, ada, offer, open };
}

const options = [
  { label: "A", value: "a" },
  { label: "B", value: "b" },
];

describe("buttons and selects", () => {
  it("arrive at once, with the value that was offered and not one that the page made up", async () => {
    const { world, ada, offer } = await start();
    const messageId = await offer([
      { kind: "link", label: "Read", url: "https://example.com" },
      { kind: "button", id: "decide", label: "Yes", value: "deploy-7" },
      { kind: "button", id: "decide", label: "No", value: "stop-7" },
    ]);
    const press = { id: inputId("p"), action: "decide", messageId, index: 1, value: "deploy-8", values: ["deploy-9"] };
    expect((await ada.post("/chat/actions", press)).status).toBe(202);
    const [delivery] = world.deliveries();
    expect(delivery).toMatchObject({
      interactive: true,
      via: "action",
      payload: { action: "decide", value: "stop-7", messageId },
    });
    expect(delivery?.body).not.toContain("deploy-");
  });

  it("are found in their own row when several share a name", async () => {
    const { world, ada, offer } = await start();
    const row = (value: string): readonly Action[] => [{ kind: "button", id: "x", label: value, value }];
    const messageId = await offer(row("first"), row("second"));
    await ada.post("/chat/actions", { id: inputId("p"), action: "x", messageId, index: 0 });
    expect(world.deliveries()[0]?.payload).toMatchObject({ value: "first" });
  });

  it("are gone when the message has none of that name, was edited or is unknown", async () => {
    const { world, adapter, ada, offer } = await start();
    const messageId = await offer([{ kind: "button", id: "ok", label: "OK" }]);
    const press = async (changes: object): Promise<number> =>
      (await ada.post("/chat/actions", { id: inputId("p"), action: "ok", messageId, ...changes })).status;
    expect(await press({ action: "other" })).toBe(410);
    expect(await press({ messageId: "b99" })).toBe(410);
    expect(await press({})).toBe(202);
    await send(adapter, world, ada.room, { kind: "message.edit", messageId, draft: { content: [], attachments: [] } });
    expect(await press({})).toBe(410);
    expect(world.deliveries()).toHaveLength(1);
  });

  it("take only choices of the list", async () => {
    const { world, ada, offer } = await start();
    const messageId = await offer([
      { kind: "select", id: "one", label: "One", options },
      { kind: "select", id: "many", label: "Many", options, multiple: true },
      { kind: "select", id: "free", label: "Free", options: [], dynamic: true },
    ]);
    const choose = async (action: string, values: readonly string[]): Promise<number> =>
      (await ada.post("/chat/actions", { id: inputId(action), action, messageId, values })).status;
    expect(await choose("one", ["z"])).toBe(410);
    expect([await choose("one", ["b", "a"]), await choose("many", ["a", "z", "b"]), await choose("free", ["anything"])]).toEqual([
      202, 202, 202,
    ]);
    expect(world.deliveries().map(({ payload }) => payload)).toMatchObject([
      { value: "b" },
      { values: ["a", "b"] },
      { value: "anything" },
    ]);
  });

  it("ask for the choices of a dynamic select while one types, and deliver nothing", async () => {
    const { world, ada } = await start();
    world.respond = ({ question }) => question?.respond({ options }).response ?? { status: 500 };
    const response = await ada.post("/chat/options", { id: inputId("o"), field: "free", query: "ab" });
    expect(await response.json()).toEqual({ options });
    expect(world.received[0]?.question?.event).toMatchObject({ kind: "options.requested", field: "free", query: "ab" });
    expect(world.deliveries()).toEqual([]);
  });
});

describe("forms", () => {
  const form: Form = {
    id: "release",
    title: "Release",
    state: "kept",
    fields: [
      { id: "name", kind: "text", label: "Name", maxLength: 5 },
      { id: "where", kind: "select", label: "Where", options },
      { id: "which", kind: "select", label: "Which", options, multiple: true, optional: true },
      { id: "day", kind: "date", label: "Day", optional: true },
    ],
  };
  const good = { name: "2.5", where: "a", which: ["b"], day: "2026-01-05" };

  it("become form.submitted, with the fields of the form and its state", async () => {
    const { world, ada, open } = await start();
    await open(form);
    const submission = { id: inputId("s"), form: 1, values: { ...good, stray: "x" } };
    expect((await ada.post("/chat/forms", submission)).status).toBe(202);
    expect(world.deliveries()).toMatchObject([
      { interactive: true, via: "form", payload: { form: "release", values: good, state: "kept" } },
    ]);
    expect(world.deliveries()[0]?.body).not.toContain("stray");
  });

  it("say what is wrong, field by field, and stay open", async () => {
    const { world, ada, open } = await start();
    await open(form);
    const errorsOf = async (values: object): Promise<string[]> => {
      const response = await ada.post("/chat/forms", { id: inputId("s"), form: 1, values });
      expect(response.status).toBe(422);
      return Object.keys(((await response.json()) as { errors: object }).errors);
    };
    expect(await errorsOf({})).toEqual(["name", "where"]);
    expect(await errorsOf({ ...good, name: "too long" })).toEqual(["name"]);
    expect(await errorsOf({ ...good, where: "z" })).toEqual(["where"]);
    expect(await errorsOf({ ...good, which: ["a", "z"], day: "tomorrow" })).toEqual(["which", "day"]);
    expect(world.deliveries()).toEqual([]);
    expect((await ada.post("/chat/forms", { id: inputId("s"), form: 1, values: good })).status).toBe(202);
  });

  it("let the program refuse: its errors come back and nothing is accepted", async () => {
    const { world, ada, open } = await start();
    await open(form);
    world.respond = ({ question }) => question?.respond({ errors: { name: "Taken." } }).response ?? { status: 500 };
    const refused = await ada.post("/chat/forms", { id: inputId("s"), form: 1, values: good });
    expect([refused.status, await refused.json()]).toEqual([422, { errors: { name: "Taken." } }]);
    expect(world.received[0]?.question?.respond({ errors: { name: "Taken." } }).accept).toBe(false);
    world.respond = ({ question }) => question?.respond(undefined).response ?? { status: 500 };
    expect((await ada.post("/chat/forms", { id: inputId("s"), form: 1, values: good })).status).toBe(202);
  });

  it("are taken once: the same submission again is fine, another one is not", async () => {
    const { ada, open } = await start();
    await open(form);
    const submit = async (id: string): Promise<number> =>
      (await ada.post("/chat/forms", { id: inputId(id), form: 1, values: good })).status;
    expect([await submit("s"), await submit("s"), await submit("t")]).toEqual([202, 202, 410]);
    expect((await ada.post("/chat/forms", { id: inputId("u"), form: 7, values: good })).status).toBe(410);
  });
});

describe("uploads", () => {
  it("keep name, type and bytes, and are shown only if they are harmless", async () => {
    const { ada } = await start();
    const put = async (name: string, type: string) => {
      const response = await ada.post(`/chat/files?name=${encodeURIComponent(name)}`, "<script>", { "content-type": type });
      const file = (await response.json()) as { file: string; name: string; kind: string; mediaType: string };
      return { file, served: await ada.get(`/chat/files/${file.file}`) };
    };
    const page = await put("../..\\evil\u202egpj.html", "text/html; charset=utf-8");
    expect(page.file).toMatchObject({ name: "evilgpj.html", kind: "file", mediaType: "text/html" });
    expect(page.served.headers.get("content-type")).toBe("application/octet-stream");
    expect(page.served.headers.get("content-disposition")).toMatch(/^attachment;/);
    expect(page.served.headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
    expect((await put("a.svg", "image/svg+xml")).served.headers.get("content-disposition")).toMatch(/^attachment;/);
    const picture = await put('a"\r\nb.png', "image/png");
    expect(picture.file).toMatchObject({ name: "ab.png", kind: "image" });
    expect(picture.served.headers.get("content-type")).toBe("image/png");
    expect((await put("x", "no type\u00e9")).file.mediaType).toBe("application/octet-stream");
  });

  it("are bounded, never empty, and the same when repeated", async () => {
    const { ada } = await start();
    const put = (body: string) => ada.post(`/chat/files?id=${inputId("f")}&name=a`, body, { "content-type": "text/plain" });
    expect((await put("x".repeat(1_001))).status).toBe(413);
    expect((await put("")).status).toBe(400);
    const [first, second] = [await put("abc"), await put("abc")];
    expect(first.status).toBe(201);
    expect(await second.json()).toEqual(await first.json());
  });

  it("go with the message as stored attachments", async () => {
    const { world, ada } = await start();
    const { file } = (await (await ada.post("/chat/files?name=a.png", "png", { "content-type": "image/png" })).json()) as {
      file: string;
    };
    await ada.post("/chat/messages", { id: inputId("m"), text: "", files: [file] });
    expect(world.deliveries()[0]?.payload).toMatchObject({
      attachments: [{ kind: "image", source: { type: "stored" }, name: "a.png", mediaType: "image/png", bytes: 3 }],
    });
    expect((await ada.post("/chat/messages", { id: inputId("n"), text: "", files: ["0".repeat(32)] })).status).toBe(410);
  });
});
