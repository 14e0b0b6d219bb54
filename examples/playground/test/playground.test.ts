import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, openChromium } from "./browser.ts";
import { freePort, startPlayground, type Running } from "./process.ts";

const folder = mkdtempSync(path.join(tmpdir(), "devflow-playground-"));
const file = path.join(folder, "gateway.db");
let port: number;
let playground: Running;

beforeAll(async () => {
  port = await freePort();
  playground = await startPlayground(port, file);
}, 60_000);

afterAll(async () => {
  await playground?.end("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

describe("the playground", () => {
  it("is where PORT says, and serves its page with a strict policy", async () => {
    expect(playground.url).toBe(`http://localhost:${port}`);
    const page = await fetch(playground.url);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect((await fetch(`${playground.url}/main.ts`)).status).toBe(404);
  });

  it("shows what each platform would be sent, cut where it needs it", async () => {
    const ask = async (content: unknown, files: readonly object[] = []) => {
      const response = await fetch(`${playground.url}/previews`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ content, files }),
      });
      return { status: response.status, answer: response.ok ? ((await response.json()) as Answer) : undefined };
    };
    const paragraph = (value: string) => ({
      type: "paragraph",
      children: [{ type: "strong", children: [{ type: "text", value }] }],
    });
    const { answer } = await ask([paragraph("a <b> & c")]);
    expect(answer?.live).toEqual([]);
    expect(answer?.previews.map(({ platform, parts }) => [platform, parts.length])).toEqual([
      ["slack", 1],
      ["telegram", 1],
      ["discord", 1],
      ["whatsapp", 1],
      ["matrix", 1],
      ["github", 1],
      ["gitlab", 1],
      ["jira", 1],
    ]);
    expect(answer?.previews.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(JSON.stringify(answer)).toContain("*a &lt;b&gt; &amp; c*");
    expect(JSON.stringify(answer)).toContain("<b>a &lt;b&gt; &amp; c</b>");
    const [github, gitlab, jira] = ["github", "gitlab", "jira"].map(
      (name) => answer?.previews.find(({ platform }) => platform === name)?.parts[0],
    );
    for (const part of [github, gitlab]) expect(part?.html).toBe("<p><strong>a &lt;b&gt; &amp; c</strong></p>");
    expect(jira?.body).toMatchObject({
      body: { type: "doc", content: [{ content: [{ text: "a <b> & c", marks: [{ type: "strong" }] }] }] },
    });
    expect(jira?.html).toBeUndefined();
    const long = await ask(Array.from({ length: 60 }, (_, index) => paragraph(`${index} ${"word ".repeat(20)}`)));
    expect(long.answer?.previews[1]?.parts.length).toBe(2);
    expect((await ask("no tree")).status).toBe(400);
    const { answer: filed } = await ask([paragraph("a file")], [{ kind: "file", file: "f1", name: "a.csv" }]);
    expect(filed?.previews.flatMap(({ platform, problem }) => (problem === undefined ? [] : [platform, problem]))).toEqual([
      "github",
      expect.stringContaining("takes no files"),
    ]);
  });
});

interface Answer {
  readonly live: readonly string[];
  readonly previews: readonly {
    readonly platform: string;
    readonly parts: readonly { readonly body: object; readonly html?: string }[];
    readonly problem?: string;
  }[];
}

describe.skipIf(chromiumPath === undefined)(
  "the playground in a browser (needs Chromium: DEVFLOW_CHROMIUM or a usual place)",
  { timeout: 60_000 },
  () => {
    let browser: Browser;
    let page: Page;
    let chat: Locator;
    const press = (name: string) => chat.getByRole("button", { name, exact: true }).last().click();

    beforeAll(async () => {
      browser = await openChromium();
      page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
      page.setDefaultTimeout(15_000);
      await page.goto(playground.url);
      chat = page.locator("devflow-chat");
    }, 60_000);
    afterAll(() => browser?.close());

    it("greets, and answers any question word by word", async () => {
      await chat.getByText("This is a real gateway").waitFor();
      await chat.getByRole("textbox", { name: "Message" }).fill("How do you survive a crash?");
      await page.keyboard.press("Enter");
      await chat.locator(".message.streaming").waitFor();
      await chat.getByText("will still be here.").waitFor();
      await expect.poll(() => chat.locator(".message.streaming").count(), { timeout: 15_000 }).toBe(0);
      expect(await chat.locator(".message.bot").count()).toBe(2);
    });

    it("shows the buttons as a numbered list where a platform cannot show them, and says what to do with it", async () => {
      await chat.getByText("send back the number").first().waitFor();
      await chat.getByRole("button", { name: "Previews" }).first().click();
      await page.getByRole("tab", { name: "WhatsApp" }).click();
      await page.locator(".whatsapp:visible", { hasText: "1. A form" }).waitFor();
      await page.getByRole("tab", { name: "Discord" }).click();
      expect(await page.locator(".discord:visible .control.primary").allInnerTexts()).toEqual(["Formatting"]);
      await page.getByRole("tab", { name: "Slack" }).click();
    });

    it("draws each answer as every platform would show it", async () => {
      await press("Formatting");
      await page.locator(".slack pre", { hasText: "182 ms" }).waitFor();
      await page.getByRole("tab", { name: "Telegram" }).click();
      await page.locator(".telegram .spoiler", { hasText: "swordfish" }).waitFor();
      await page.getByRole("tab", { name: "Discord" }).click();
      await page.locator(".discord:visible blockquote", { hasText: "nothing is answered twice" }).waitFor();
      await page.getByRole("tab", { name: "WhatsApp" }).click();
      await page.locator(".whatsapp:visible em", { hasText: "Ada" }).waitFor();
      await page.getByRole("tab", { name: "GitHub" }).click();
      await page.locator(".github:visible td.right", { hasText: "94 ms" }).waitFor();
      await page.locator("[role=tabpanel]:visible summary", { hasText: "POST /repos/octo/app/issues/12/comments" }).waitFor();
      await page.getByRole("tab", { name: "GitLab" }).click();
      await page.locator(".gitlab:visible li.task", { hasText: "Tests are green" }).waitFor();
      await page.getByRole("tab", { name: "Jira" }).click();
      await page
        .locator(".jira:visible .task", { hasText: "Tests are green" })
        .getByRole("checkbox", { checked: true })
        .waitFor();
      await page.getByRole("tab", { name: "Telegram" }).click();
      await press("A long text");
      await page.getByRole("tabpanel").getByText("2 requests, in this order").waitFor();
      expect(await page.locator(".telegram:visible").count()).toBe(2);
      expect(await page.locator("[role=tabpanel]:visible summary").first().innerText()).toContain("sendMessage");
    });

    it("opens a form, says what is missing, and thanks for the rest", async () => {
      await press("A form");
      const form = chat.getByRole("dialog", { name: "Plan a release" });
      await form.getByLabel("Name").fill("2.5");
      await form.getByLabel("Where to").selectOption("production");
      await form.getByRole("button", { name: "Plan it" }).click();
      await form.getByText("Say what is in it").waitFor();
      await form.getByLabel("Notes").fill("Everything");
      await form.getByRole("button", { name: "Plan it" }).click();
      await chat.getByText("The release is planned.").waitFor();
      expect(await chat.locator(".fields").last().innerText()).toContain("Everything");
    });

    it("reads a file that is sent to it", async () => {
      await chat
        .locator("input[type=file]")
        .setInputFiles({ name: "notes.md", mimeType: "text/markdown", buffer: Buffer.from("# Notes\n\n- one\n") });
      await chat.getByRole("button", { name: "Send" }).click();
      await chat.getByText("3 lines. It begins:").waitFor();
      expect(await chat.locator(".message.bot pre").last().innerText()).toContain("# Notes");
    });

    it("tries again when a handler fails, and says so when it gives up", async () => {
      await press("An error");
      await press("Fail twice, then work");
      await chat.getByText("on attempt 3").waitFor();
      await press("Fail for good");
      await chat.getByText("Nothing is lost").waitFor();
      await press("Try again");
      await chat.getByText("This time it worked").waitFor();
      expect(await chat.locator(".message.bot").last().innerText()).toContain("dead letters");
    });

    it("keeps the conversation through a reload and through kill -9", async () => {
      const before = await chat.locator(".message").count();
      const texts = await chat.locator(".message .content").allInnerTexts();
      await page.reload();
      await expect.poll(() => chat.locator(".message").count(), { timeout: 15_000 }).toBe(before);
      await playground.end("SIGKILL");
      await chat.getByText("Offline.").waitFor();
      await chat.getByRole("textbox", { name: "Message" }).fill("/help");
      await page.keyboard.press("Enter");
      await chat.locator(".message.sending").waitFor();
      playground = await startPlayground(port, file);
      await chat.getByText("Connected").waitFor();
      await chat.getByText("starts over").waitFor();
      expect(await chat.locator(".message").count()).toBe(before + 2);
      expect((await chat.locator(".message .content").allInnerTexts()).slice(0, before)).toEqual(texts);
      expect(playground.printed()).not.toMatch(/error/i);
    });
  },
);
