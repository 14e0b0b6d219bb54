import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, openChromium } from "./browser.ts";
import { freePort, startPlayground, type Running } from "./process.ts";

const hostile = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><svg onload="window.hacked=1">`;
const link = "javascript:window.hacked=1";

/** A body for each drawing in which every text is hostile. */
const bodies = {
  discord: {
    message: {
      content: `# ${hostile}\n> ${hostile}\n- **${hostile}**\n[${hostile}](${link}) ||${hostile}||\n\`\`\`\n${hostile}\n\`\`\``,
      embeds: [{ title: hostile, description: hostile, fields: [{ name: hostile, value: hostile }] }],
      components: [
        { type: 1, components: [{ type: 2, style: 5, label: hostile, url: link }] },
        { type: 1, components: [{ type: 3, placeholder: hostile }] },
        { type: hostile },
      ],
    },
  },
  whatsapp: {
    calls: [
      { type: "text", text: { body: `*${hostile}*\n> ${hostile}\n\`\`\`${hostile}\`\`\` ${link}` } },
      {
        type: "interactive",
        interactive: {
          body: { text: hostile },
          action: {
            button: hostile,
            buttons: [{ reply: { title: hostile } }],
            sections: [{ rows: [{ title: hostile, description: hostile }] }],
            parameters: { display_text: hostile, url: link },
          },
        },
      },
      { type: "document", document: { filename: hostile, caption: hostile } },
    ],
  },
  matrix: {
    events: [
      { content: { body: hostile } },
      {
        content: {
          body: "a",
          formatted_body: `<p onclick="window.hacked=1" style="position:fixed">${hostile}</p><a href="${link}">a</a><span data-mx-spoiler>${hostile}</span><iframe src="${link}"></iframe><mx-reply>gone</mx-reply>`,
        },
      },
      { content: { msgtype: "m.file", filename: hostile, body: hostile } },
    ],
  },
};

const markup = `<p onclick="window.hacked=1" style="position:fixed">&lt;img src=x onerror=</p>${hostile}<a href="${link}">a</a><iframe src="${link}">gone</iframe><details open ontoggle="window.hacked=1"><summary>b</summary></details><!-- gone -->`;
const run = {
  type: "text",
  text: hostile,
  marks: [{ type: "link", attrs: { href: link } }, { type: hostile }, { type: "strong" }],
};
const documents = {
  body: {
    type: "doc",
    content: [
      ...["paragraph", "blockquote", "codeBlock", "panel", hostile, "constructor"].map((type) => ({ type, content: [run] })),
      { type: "heading", attrs: { level: hostile }, content: [run] },
      { type: "orderedList", attrs: { order: hostile }, content: [{ type: "listItem", content: [run] }] },
      { type: "taskList", content: [{ type: "taskItem", attrs: { state: hostile }, content: [run] }] },
      { type: "expand", attrs: { title: hostile }, content: [run] },
      { type: "mention", attrs: { text: hostile } },
      { type: "media", attrs: { alt: hostile, url: link } },
      { type: "inlineCard", attrs: { url: link } },
    ],
  },
};

describe.skipIf(chromiumPath === undefined)(
  "the drawings of the previews (needs Chromium: DEVFLOW_CHROMIUM or a usual place)",
  { timeout: 30_000 },
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), "devflow-drawings-"));
    let playground: Running;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      playground = await startPlayground(await freePort(), path.join(folder, "gateway.db"));
      browser = await openChromium();
      page = await browser.newPage({ viewport: { width: 390, height: 844 } });
      await page.goto(playground.url);
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      await playground?.end("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    });

    /** Draws in the page, and tells the HTML. */
    const draw = (file: string, name: string, ...given: readonly unknown[]): Promise<string> =>
      page.evaluate(`import("/${file}.js").then(async (module) => {
        const box = document.createElement("div");
        box.append(...[module.${name}(...${JSON.stringify(given)})].flat());
        document.body.append(box);
        const html = box.innerHTML;
        await new Promise((resolve) => setTimeout(resolve));
        box.remove();
        return html;
      })`);

    it.each([
      ["discord", "drawDiscord", [bodies.discord, []]],
      ["whatsapp", "drawWhatsApp", [bodies.whatsapp, []]],
      ["matrix", "drawMatrix", [bodies.matrix, []]],
      ["gfm", "drawGithub", [{}, [], markup]],
      ["gfm", "drawGitlab", [{}, [{ name: hostile }], markup]],
      ["jira", "drawJira", [documents, [{ name: hostile }]]],
    ] as const)("of %s (%s) show hostile text as text, and make no element or address of it", async (file, name, given) => {
      const html = await draw(file, name, ...given);
      expect(html).toContain("&lt;img src=x onerror=");
      expect(html).not.toMatch(/<(?:img|script|svg|iframe|style)\b/i);
      expect(html).not.toMatch(/<[^>]*\s(?:on\w+|style|src)=/i);
      expect(html).not.toMatch(/href="(?!https?:|mailto:|tel:)/i);
      expect(html).not.toContain("gone");
      expect(await page.evaluate("window.hacked")).toBeUndefined();
    });

    it.each([
      ["**a *b* c** ~~d~~", "<p><strong>a <em>b</em> c</strong> <del>d</del></p>"],
      ["\\*a\\* \\`b\\`", "<p>*a* `b`</p>"],
      ["***a***", "<p><strong><em>a</em></strong></p>"],
      [
        "`a*b*` <@1> <#2> <:cat:3>",
        '<p><code>a*b*</code> <span class="mention">@1</span> <span class="mention">#2</span> :cat:</p>',
      ],
      ["3. a\n  - b\n4. c", '<ol start="3"><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p>c</p></li></ol>'],
      ["- a\n\n1. b\n\nc", '<ul><li><p>a</p></li></ul><ol start="1"><li><p>b</p></li></ol><p>c</p>'],
      ["# a\n> b\n> c", '<p class="heading h1">a</p><blockquote><p>b\nc</p></blockquote>'],
      ["```ts\n> a\n```", "<pre>&gt; a</pre>"],
      ["[a](https://b.example/(c))", '<p><a href="https://b.example/(c)" target="_blank" rel="noopener noreferrer">a</a></p>'],
    ])("of Discord's Markdown: %j", async (text, html) => {
      expect(await draw("discord", "discordMarkdown", text, [])).toBe(html);
    });

    it.each([
      ["*a _b_* ~c~ `*d*`", "<p><strong>a <em>b</em></strong> <del>c</del> <code>*d*</code></p>"],
      ["a*b*c \u200b*\u200b", "<p>a*b*c \u200b*\u200b</p>"],
      ["> a\n- b", "<blockquote>a</blockquote><p>• b</p>"],
      ["```\n*a*\n```", "<pre>*a*</pre>"],
    ])("of WhatsApp's markup: %j", async (text, html) => {
      expect(await draw("whatsapp", "whatsappText", text, [])).toBe(html);
    });

    it("of Matrix keep what clients show", async () => {
      const html =
        '<ol start="2"><li>a</li></ol><table><tbody><tr><td>b</td></tr></tbody></table><pre><code>c\n</code></pre>' +
        '<a href="https://matrix.to/#/@ada:example.org">Ada</a><span data-mx-spoiler>d</span>';
      expect(await draw("matrix", "matrixHtml", html)).toBe(
        '<ol start="2"><li>a</li></ol><table><tbody><tr><td>b</td></tr></tbody></table><pre><code>c\n</code></pre>' +
          '<span class="mention">Ada</span><span class="spoiler" title="Hidden until clicked">d</span>',
      );
    });

    it.each([
      [
        '<ul>\n<li><input type="checkbox" disabled="" checked=""> a</li>\n</ul>',
        '<ul>\n<li class="task"><input type="checkbox" disabled=""> a</li>\n</ul>',
      ],
      ['<table><tr><td align="right">a</td></tr></table>', '<table><tbody><tr><td class="right">a</td></tr></tbody></table>'],
      ['<ol start="3"><li>a<br />b</li></ol><del>c</del>', '<ol start="3"><li>a<br>b</li></ol><del>c</del>'],
      ['<pre><code class="language-ts">a\n</code></pre>', "<pre><code>a\n</code></pre>"],
      ['<img src="https://a.example/b.png" alt="c">', '<div class="upload">c</div>'],
    ])("of GitHub's and GitLab's Markdown: %j", async (given, html) => {
      expect(await draw("gfm", "gfmHtml", given)).toBe(html);
    });

    it.each([
      [{ type: "heading", attrs: { level: 3 }, content: [{ type: "text", text: "a" }] }, "<h3>a</h3>"],
      [
        { type: "orderedList", attrs: { order: 4 }, content: [{ type: "listItem", content: [] }] },
        '<ol start="4"><li></li></ol>',
      ],
      [
        { type: "text", text: "a", marks: [{ type: "strong" }, { type: "subsup", attrs: { type: "sub" } }] },
        "<sub><strong>a</strong></sub>",
      ],
      [{ type: "unheard", content: [{ type: "text", text: "a" }, { type: "hardBreak" }, { type: "rule" }] }, "a<br><hr>"],
      [{ type: "mention", attrs: { id: "1", text: "@Ada" } }, '<span class="mention">@Ada</span>'],
    ])("of Jira's document: %j", async (given, html) => {
      expect(await draw("jira", "adf", given)).toBe(html);
    });

    it("have tabs that fit on a phone", async () => {
      await page.getByRole("tab", { name: "WhatsApp" }).waitFor();
      for (const width of [320, 390, 1280]) {
        await page.setViewportSize({ width, height: 844 });
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
        const box = await page.getByRole("tab").last().boundingBox();
        expect((box?.x ?? width) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
      }
    });
  },
);
