import { drawDiscord } from "./discord.js";
import { h } from "./dom.js";
import { drawGithub, drawGitlab } from "./gfm.js";
import { drawJira } from "./jira.js";
import { drawMatrix } from "./matrix.js";
import { drawSlack } from "./slack.js";
import { drawTelegram } from "./telegram.js";
import { drawWhatsApp } from "./whatsapp.js";

/** @typedef {{ id: string, content: unknown[], files: { [name: string]: any }[], streaming?: boolean }} Said */
/** @typedef {{ platform: string, parts: { kind: string, body: any, html?: string }[], problem?: string }} Preview */

/** @type {{ [platform: string]: { name: string, draw: (body: any, files: { [name: string]: any }[], html: string) => HTMLElement } }} */
const looks = {
  slack: { name: "Slack", draw: drawSlack },
  telegram: { name: "Telegram", draw: drawTelegram },
  discord: { name: "Discord", draw: drawDiscord },
  whatsapp: { name: "WhatsApp", draw: drawWhatsApp },
  matrix: { name: "Matrix", draw: drawMatrix },
  github: { name: "GitHub", draw: drawGithub },
  gitlab: { name: "GitLab", draw: drawGitlab },
  jira: { name: "Jira", draw: drawJira },
};
const tablist = /** @type {HTMLElement} */ (document.querySelector("[role=tablist]"));
const panels = /** @type {HTMLElement} */ (document.getElementById("panels"));

let chosen = sessionStorage.getItem("devflow-tab") ?? "slack";
/** @type {string | undefined} Message that is shown. */
let shown;
/** @type {Said | undefined} */
let wanted;
let busy = false;

document.addEventListener("devflow-message", (event) => {
  const said = /** @type {CustomEvent<Said>} */ (event).detail;
  // A new message takes over; an older one that changes does not.
  if (shown === undefined || said.id === shown || numberOf(said.id) > numberOf(shown)) show(said);
});
document.addEventListener("devflow-extra", (event) => {
  show(/** @type {CustomEvent<Said>} */ (event).detail);
  if (matchMedia("(max-width: 60rem)").matches) panels.scrollIntoView({ behavior: "smooth" });
});

/** @param {string} id */
function numberOf(id) {
  return Number(id.slice(1));
}

/** @param {Said} said */
function show(said) {
  shown = said.id;
  wanted = said;
  void refresh();
}

/** One request at a time, for the newest text: a stream changes faster than previews are worth. */
async function refresh() {
  if (busy) return;
  busy = true;
  while (wanted !== undefined) {
    const said = wanted;
    wanted = undefined;
    try {
      const { content, files } = said;
      const response = await fetch("/previews", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ content, files }),
      });
      const answer = await response.json();
      if (said.id === shown) draw(answer.previews, answer.live, said);
    } catch {
      // The next message asks again.
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  busy = false;
}

/**
 * @param {Preview[]} previews
 * @param {string[]} live
 * @param {Said} said
 */
function draw(previews, live, said) {
  if (tablist.childElementCount === 0) tablist.append(...previews.map(({ platform }) => tab(platform, live.includes(platform))));
  const open = [...panels.querySelectorAll("details")].map((details) => details.open);
  panels.replaceChildren(...previews.map((preview) => panel(preview, said)));
  [...panels.querySelectorAll("details")].forEach((details, index) => (details.open = open[index] ?? false));
  choose(previews.some(({ platform }) => platform === chosen) ? chosen : (previews[0]?.platform ?? ""));
}

/**
 * @param {string} platform
 * @param {boolean} live
 */
function tab(platform, live) {
  const label = looks[platform]?.name ?? platform;
  const title = live ? "Connected: it really talks there" : "Preview only: no credentials are set";
  const button = h(
    "button",
    {
      role: "tab",
      id: `tab-${platform}`,
      title,
      "aria-controls": `panel-${platform}`,
      onclick: () => choose(platform),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        const tabs = /** @type {HTMLElement[]} */ ([...tablist.children]);
        const next = tabs[(tabs.indexOf(button) + (event.key === "ArrowRight" ? 1 : tabs.length - 1)) % tabs.length];
        next?.focus();
        next?.click();
      },
    },
    label,
    live && h("span", { className: "live" }, "live"),
  );
  return button;
}

/** @param {string} platform */
function choose(platform) {
  chosen = platform;
  sessionStorage.setItem("devflow-tab", platform);
  for (const button of tablist.children) {
    const selected = button.id === `tab-${platform}`;
    button.setAttribute("aria-selected", String(selected));
    button.setAttribute("tabindex", selected ? "0" : "-1");
  }
  for (const element of panels.querySelectorAll("[role=tabpanel]")) {
    element.toggleAttribute("hidden", element.id !== `panel-${platform}`);
  }
}

/**
 * @param {Preview} preview
 * @param {Said} said
 */
function panel({ platform, parts, problem }, said) {
  const count = parts.length === 1 ? "One request" : `${parts.length} requests, in this order`;
  return h(
    "section",
    { role: "tabpanel", id: `panel-${platform}`, "aria-labelledby": `tab-${platform}`, tabIndex: 0 },
    problem === undefined
      ? h("p", { className: "hint" }, said.streaming ? "Still growing…" : count)
      : h("p", { className: "problem" }, problem),
    ...parts.map(({ kind, body, html = "" }, index) => part(platform, kind, body, index === 0 ? said.files : [], html)),
  );
}

/**
 * @param {string} platform
 * @param {string} kind
 * @param {any} body
 * @param {{ [name: string]: any }[]} files
 * @param {string} html
 */
function part(platform, kind, body, files, html) {
  const drawing = looks[platform]?.draw(body, files, html);
  const calls = body.calls?.map((/** @type {any} */ call) => call.method ?? call.type).join(", ");
  const path = typeof body.path === "string" ? `${body.method} ${body.path}` : undefined;
  const route = body.route?.replace(
    /\{(\w+)\}/g,
    (/** @type {string} */ _, /** @type {string} */ name) => body.args?.[name] ?? name,
  );
  const method = route ?? path ?? body.method ?? calls ?? body.type ?? body.action ?? kind;
  return h(
    "article",
    {},
    drawing,
    h("details", {}, h("summary", {}, "JSON ", h("code", {}, method)), h("pre", { tabIndex: 0 }, JSON.stringify(body, null, 2))),
  );
}
