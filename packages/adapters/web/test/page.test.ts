import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createGateway } from "@devflow/gateway";
import { serve, type Serving } from "@devflow/gateway/node";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { web } from "../src/index.ts";
import { chromiumPath, openChromium } from "./browser.ts";

describe.skipIf(chromiumPath === undefined)(
  "the page in a browser (needs Chromium: DEVFLOW_CHROMIUM or a usual place)",
  { timeout: 60_000 },
  () => {
    let browser: Browser;
    let other: Server;
    let serving: Serving;
    let base = "";
    let elsewhere = "";
    const complaints: string[] = [];

    beforeAll(async () => {
      browser = await openChromium();
      other = createServer((_, response) => {
        response.setHeader("content-type", "text/html");
        response.end(
          `<!doctype html><script type="module" src="${base}/chat/element.js"></script><devflow-chat src="${base}/chat" extra="More"></devflow-chat>`,
        );
      });
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      elsewhere = `http://localhost:${(other.address() as AddressInfo).port}`;
      const gateway = createGateway({ adapters: [web({ title: "Bot", allowedOrigins: [elsewhere] })] });
      gateway.on("message.created", async (c) => {
        if (c.message.text === "stream") {
          await c.reply(
            (async function* () {
              for (const word of ["One ", "**two** ", "three."]) yield word;
            })(),
          );
        } else if (c.message.text === "endless") {
          await c.reply(
            (async function* () {
              while (!c.signal.aborted) {
                await new Promise((resolve) => setTimeout(resolve, 20));
                yield "again ";
              }
            })(),
          );
        } else if (c.message.attachments.length > 0)
          await c.reply(`Got ${c.message.attachments.map(({ name }) => name).join(", ")}`);
        else await c.reply({ content: `Echo: ${c.message.text}`, replyTo: c.message.id });
      });
      gateway.command("menu", (c) =>
        c.reply([
          {
            type: "paragraph",
            children: [
              { type: "spoiler", children: [{ type: "text", value: "secret" }] },
              { type: "link", url: "javascript:alert(1)", children: [{ type: "text", value: "trap" }] },
            ],
          },
          {
            type: "actions",
            items: [
              { kind: "button", id: "form", label: "Open" },
              { kind: "button", id: "edit", label: "Edit" },
              { kind: "select", id: "pick", label: "Pick", options: [{ label: "Blue", value: "blue" }] },
            ],
          },
        ]),
      );
      gateway.action("form", (c) => c.open({ id: "f", title: "Name it", fields: [{ id: "name", kind: "text", label: "Name" }] }));
      gateway.action("edit", (c) => c.edit(c.event.messageId ?? "", "Edited away"));
      gateway.action("pick", (c) => c.reply(`Picked ${c.event.value}`));
      gateway.answer("form.submitted", ({ event }) =>
        event.values["name"] === "taken" ? { errors: { name: "Taken already." } } : {},
      );
      gateway.form("f", (c) => c.reply(`Named ${String(c.event.values["name"])}`));
      serving = await serve(gateway, { port: 0, signals: false });
      base = `http://localhost:${serving.port}`;
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
      await serving?.close();
      other?.close();
    });

    async function open(url = `${base}/chat`): Promise<Page> {
      const page = await (await browser.newContext({ reducedMotion: "reduce" })).newPage();
      page.setDefaultTimeout(15_000);
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (line) => {
        if (line.type() === "error" && !/\b4(?:01|22)\b|INTERNET_DISCONNECTED/.test(line.text())) complaints.push(line.text());
      });
      page.on("dialog", (dialog) => complaints.push(`a dialog: ${dialog.message()}`));
      await page.goto(url);
      await page.getByText("Connected").waitFor();
      return page;
    }

    async function say(page: Page, text: string): Promise<void> {
      await page.getByRole("textbox", { name: "Message" }).fill(text);
      await page.keyboard.press("Enter");
    }

    it("sends with Enter, shows the answer, and has it all after a reload", async () => {
      const page = await open();
      await page.getByText("Say hello to start.").waitFor();
      await page.getByRole("textbox", { name: "Message" }).pressSequentially("line one");
      await page.keyboard.press("Shift+Enter");
      await page.keyboard.type("line two");
      await page.keyboard.press("Enter");
      await page.getByText("Echo: line one").waitFor();
      expect(await page.locator(".message.person .content").innerText()).toBe("line one\nline two");
      await page.reload();
      await page.getByText("Echo: line one").waitFor();
      expect(await page.locator(".message").count()).toBe(2);
      expect(await page.locator(".quote").innerText()).toContain("line one");
      await page.context().close();
    });

    it("shows hostile text as text, in both directions", async () => {
      const page = await open();
      const hostile = `<img src=x onerror=alert(1)><script>alert(2)</script>`;
      await say(page, hostile);
      await page.locator(".message.bot").waitFor();
      expect(await page.locator(".message.person .content").innerText()).toBe(hostile);
      expect(await page.locator(".message script, .message img").count()).toBe(0);
      await page.context().close();
    });

    it("lets a text grow, and settles on the whole of it", async () => {
      const page = await open();
      await say(page, "stream");
      await page.getByText("One two three.").waitFor();
      await expect.poll(() => page.locator(".streaming").count(), { timeout: 15_000 }).toBe(0);
      expect(await page.locator(".message.bot strong").innerText()).toBe("two");
      expect(await page.locator(".message.bot").getAttribute("aria-busy")).toBe("false");
      await page.context().close();
    });

    it("lets the reader stop it", async () => {
      const page = await open();
      await say(page, "endless");
      await page.getByText("again again").waitFor();
      await page.getByRole("button", { name: "Stop" }).click();
      await expect.poll(() => page.locator(".streaming").count(), { timeout: 15_000 }).toBe(0);
      expect(await page.getByRole("button", { name: "Send" }).count()).toBe(1);
      await page.context().close();
    });

    it("has buttons, selects, spoilers and forms that work with the keyboard", async () => {
      const page = await open();
      await say(page, "/menu");
      const spoiler = page.getByRole("button", { name: "Hidden text" });
      await spoiler.focus();
      await page.keyboard.press("Enter");
      await page.getByText("secret").waitFor({ state: "visible" });
      expect(await page.getByText("trap").evaluate((node) => node.tagName)).toBe("SPAN");
      await page.getByRole("combobox", { name: "Pick" }).selectOption("blue");
      await page.getByText("Picked blue").waitFor();
      await page.getByRole("button", { name: "Open" }).press("Enter");
      await page.getByRole("dialog", { name: "Name it" }).waitFor();
      await page.keyboard.press("Enter");
      await page.getByText("Please fill this in.").waitFor();
      await page.getByLabel("Name", { exact: true }).fill("taken");
      await page.keyboard.press("Enter");
      await page.getByText("Taken already.").waitFor();
      await page.getByLabel("Name", { exact: true }).fill("Ada");
      await page.keyboard.press("Enter");
      await page.getByText("Named Ada").waitFor();
      expect(await page.getByRole("dialog").count()).toBe(0);
      await page.getByRole("button", { name: "Edit" }).click();
      await page.getByText("Edited away").waitFor();
      expect(await page.getByRole("button", { name: "Open" }).count()).toBe(0);
      await page.reload();
      await page.getByText("Edited away").waitFor();
      expect(await page.getByRole("dialog").count()).toBe(0);
      await page.context().close();
    });

    it("uploads what is attached and sends it with the message", async () => {
      const page = await open();
      await page
        .locator("input[type=file]")
        .setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("hello") });
      await page.getByRole("button", { name: "Send" }).click();
      await page.getByText("Got notes.txt").waitFor();
      expect(await page.locator(".message.person a.file .name").innerText()).toBe("notes.txt");
      await page.context().close();
    });

    it("says that it is offline, keeps what is written meanwhile, and sends it once", async () => {
      const page = await open();
      await page.context().setOffline(true);
      await say(page, "from the tunnel");
      await page.locator(".message.sending").waitFor();
      await page.context().setOffline(false);
      await page.getByText("Echo: from the tunnel").waitFor();
      expect(await page.locator(".message.sending").count()).toBe(0);
      expect(await page.locator(".message.person .content", { hasText: "from the tunnel" }).count()).toBe(1);
      await page.context().close();
    });

    it("begins a new session when its own is over, and takes along what is not sent yet", async () => {
      const page = await open();
      await say(page, "before");
      await page.getByText("Echo: before").waitFor();
      await page.context().clearCookies();
      await say(page, "after");
      await page.getByText("Echo: after").waitFor();
      expect(await page.locator(".message.sending").count()).toBe(0);
      expect(await page.locator(".message.person .content").allInnerTexts()).toEqual(["after"]);
      expect(await page.evaluate<number>("localStorage.length")).toBe(0);
      await page.context().close();
    });

    it("shows two tabs of one person the same conversation", async () => {
      const page = await open();
      const second = await page.context().newPage();
      await second.goto(`${base}/chat`);
      await second.getByText("Connected").waitFor();
      await say(page, "seen twice");
      await second.getByText("Echo: seen twice").waitFor();
      expect(await second.locator(".message").count()).toBe(2);
      await page.context().close();
    });

    it("works inside a page of an allowed origin, and tells it what the bot says", async () => {
      const page = await open(elsewhere);
      const told = page.evaluate<unknown>(
        `new Promise((resolve) => document.addEventListener("devflow-message", (event) => resolve(event.detail), { once: true }))`,
      );
      await say(page, "embedded");
      await page.getByText("Echo: embedded").waitFor();
      expect(await told).toMatchObject({ id: expect.stringMatching(/^b\d+$/), streaming: false });
      expect(await page.getByRole("button", { name: "More" }).count()).toBe(1);
      await page.context().close();
    });

    it("has not complained in all of this: no error, no dialog, nothing that its policy forbids", () => {
      expect(complaints).toEqual([]);
    });
  },
);
