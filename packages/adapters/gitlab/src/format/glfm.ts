import type { Content, Inline, Mention } from "@devflow/gateway/contract";
import { flattened, linkForm, mapInlines, mentionText, printMarkdown } from "@devflow/gateway/kit";
import { indentActions } from "./fence.ts";

/** What of a text may act on GitLab. Nothing, unless set. */
export interface GlfmOptions {
  /** `#12`, `!5`, `~label`, `%milestone`, `$3`, `&2` and `@name` in plain text are references. */
  readonly references?: boolean;
  /** Lines such as `/close` are carried out. */
  readonly quickActions?: boolean;
  /** `@all` reaches everybody. */
  readonly broadcast?: boolean;
}

/**
 * Content as GitLab Flavored Markdown. A line feed is a hard break, since GitLab takes a lone one for a space. Text is text: a
 * backslash stops references and quick actions, which GitLab would carry out with our rights.
 */
export function renderGlfm(content: Content, options: GlfmOptions = {}): string {
  const printed = printMarkdown(mapInlines(content, known), {
    html: true,
    feed: "break",
    escape: (text) => inert(text, options),
    mention: (node) => token(node, options),
  });
  // The first line of an alert is its kind, and nothing else.
  const whole = printed.replace(alert, "$1");
  return options.quickActions ? whole : indentActions(whole);
}

const alert = /^((?:> ?){1,10}\[!(?:note|tip|important|caution|warning)\])\\$/gim;

// What a reference of the printer's own must not lose is its `#`; other names of references have words in brackets.
const sigils = /(?<!\\)&#(?:\d{1,7}|x[\da-f]{1,6});|[#!&](?=\d)|%(?=[\w"])|\$|(?<![a-z\d])@(?=[\w{])/gi;
const everybody = /(?<![a-z\d])@all(?![\w-])/gi;
const bracketed =
  /\[(?=(?:vulnerability|feature_flag|issue|work_item|epic|contact|wiki_page|cadence|member|alert):)|\bGL(?=-\d)|\*(?=iteration:)/gi;
const action = /^([ \t]*)\/(?=[a-z])/gim;

function inert(text: string, { references = false, quickActions = false, broadcast = false }: GlfmOptions): string {
  const still = quickActions ? text : text.replace(action, "$1\\/");
  if (references) {
    // The printer took a lone tilde for a mark, and it is a label's.
    const labels = still.replace(/\\~(?=[\w"])/g, "~");
    return broadcast ? labels : labels.replace(everybody, "`@all`");
  }
  // A backslash does not stop these, and no renderer shows a space without width.
  const apart = still.replace(bracketed, "$&\u200b");
  return apart
    .split(everybody)
    .map((part) => part.replace(sigils, (found) => (found.startsWith("&#") ? found : `\\${found}`)))
    .join("`@all`");
}

const name = /^\w(?:[\w.-]*\w)?(?:\/\w(?:[\w.-]*\w)?)*$/;

/** A mention that notifies; undefined for one that has to be text. A number is not what GitLab calls people by: their name must be `@handle`. */
function token({ target, id, name: shown }: Mention, { broadcast = false }: GlfmOptions): string | undefined {
  if (target === "room") return broadcast ? "@all" : "`@all`";
  if (target === "channel") return undefined;
  const handle = /^\d+$/.test(id) ? (/^@(.+)/.exec(shown ?? "")?.[1] ?? "") : id.replace(/^@/, "");
  return name.test(handle) && handle.toLowerCase() !== "all" ? `@${handle}` : undefined;
}

/** Addresses that GitLab makes links of. */
const schemes = ["http", "https", "mailto", "tel", "ftp", "irc", "xmpp", "slack"];

/** What GitLab has no word for, in words it has. */
function known(node: Inline): readonly Inline[] {
  switch (node.type) {
    case "spoiler":
      return [{ type: "text", value: "(spoiler) " }, ...node.children];
    case "mention":
      return token(node, {}) === undefined ? [{ type: "text", value: mentionText(node) }] : [node];
    case "link": {
      // Links within an instance may be written from its root on.
      if (/^\/(?!\/)/.test(node.url)) return [node];
      const form = linkForm(node.url, flattened(node.children), schemes);
      if (form.form === "label") return node.children;
      if (form.form === "link") return [{ ...node, url: form.url }];
      return [{ ...node, url: form.url, children: [{ type: "text", value: form.url }] }];
    }
    case "image": {
      if (/^\/(?!\/)/.test(node.url)) return [node];
      const form = linkForm(node.url, node.alt ?? "", ["http", "https"]);
      return form.form === "label" ? [{ type: "text", value: node.alt || node.url }] : [{ ...node, url: form.url }];
    }
    default:
      return [node];
  }
}

/** A title: one line, in which GitLab reads no Markdown, but names. */
export function renderTitle(title: string, { references = false }: GlfmOptions = {}): string {
  const line = title.replace(/\s+/g, " ").trim();
  return references ? line : line.replace(/(?<!\w)@(?=\w)/g, "@\u200b");
}
