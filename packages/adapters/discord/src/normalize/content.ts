import type { Block, Content, Inline } from "@devflow/gateway/contract";
import { mapInlines, parseMarkdown, type JsonObject } from "@devflow/gateway/kit";
import { id, object, objects, text } from "../wire/index.ts";

/** Names of those whom a message mentions, by id: the text itself has ids alone. */
export interface Names {
  readonly users: ReadonlyMap<string, string>;
  readonly channels: ReadonlyMap<string, string>;
}

const token =
  /<(?:@!?(?<user>\d+)|@&(?<role>\d+)|#(?<channel>\d+)|(?<animated>a?):(?<emoji>\w+):(?<emojiId>\d+)|t:(?<time>-?\d+)(?::\w)?|\/(?<command>[^:<>\n]+):\d+)>/;
const splitter = new RegExp(token.source, "g");
const broadcast = /@(everyone|here)/g;
const textDisplay = 10;
const depthLimit = 6;

/** The names in a message's lists of mentions. */
function namesOf(message: JsonObject): Names {
  const users = objects(message["mentions"]).flatMap((user): [string, string][] => {
    const name = text(object(user["member"])["nick"]) ?? text(user["global_name"]) ?? text(user["username"]);
    const known = id(user["id"]);
    return known === undefined || name === undefined ? [] : [[known, name]];
  });
  const channels = objects(message["mention_channels"]).flatMap((channel): [string, string][] => {
    const [known, name] = [id(channel["id"]), text(channel["name"])];
    return known === undefined || name === undefined ? [] : [[known, name]];
  });
  return { users: new Map(users), channels: new Map(channels) };
}

/** What a message says: its text, the cards of bots, and the texts in components. Previews of links say nothing new. */
export function contentOf(message: JsonObject, everyone: boolean): Content {
  const names = namesOf(message);
  const written = text(message["content"]);
  return [
    ...(written === undefined ? [] : read(written, names, everyone)),
    ...objects(message["embeds"])
      .filter(({ type }) => type === undefined || type === "rich")
      .flatMap((embed) => card(embed, names)),
    ...displays(message["components"], 0).flatMap((one) => read(one, names, everyone)),
  ];
}

/** Texts that stand in a message of components. */
function displays(components: unknown, depth: number): readonly string[] {
  if (depth > depthLimit) return [];
  return objects(components).flatMap((component) => {
    const own = component["type"] === textDisplay ? text(component["content"]) : undefined;
    return [...(own === undefined ? [] : [own]), ...displays(component["components"], depth + 1)];
  });
}

/** Discord's Markdown is near enough to CommonMark; what is its own stands in its text as tokens. */
function read(written: string, names: Names, everyone: boolean): readonly Block[] {
  return mapInlines(parseMarkdown(written), (node) => {
    if (node.type !== "text" || !/[<@]/.test(node.value)) return [node];
    return split(node.value, splitter, (match) => tokenOf(match, names)).flatMap((part) =>
      everyone && part.type === "text" ? split(part.value, broadcast, roomOf) : [part],
    );
  });
}

function split(value: string, at: RegExp, made: (match: RegExpExecArray) => Inline): readonly Inline[] {
  const out: Inline[] = [];
  let from = 0;
  const put = (to: number): void => {
    if (to > from) out.push({ type: "text", value: value.slice(from, to) });
  };
  for (const match of value.matchAll(at)) {
    put(match.index);
    out.push(made(match));
    from = match.index + match[0].length;
  }
  put(value.length);
  return out;
}

function roomOf(match: RegExpExecArray): Inline {
  const name = match[1] ?? "everyone";
  return { type: "mention", target: "room", id: name, name: `@${name}` };
}

function tokenOf({ groups = {} }: RegExpExecArray, names: Names): Inline {
  const { user, role, channel, animated, emoji, emojiId, time, command } = groups;
  if (user !== undefined) return mention("user", user, names.users.get(user), "@");
  if (role !== undefined) return { type: "mention", target: "group", id: role, name: "@role" };
  if (channel !== undefined) return mention("channel", channel, names.channels.get(channel), "#");
  if (emoji !== undefined) return { type: "emoji", name: `${animated ? "a:" : ""}${emoji}:${emojiId}`, value: `:${emoji}:` };
  if (time !== undefined) return { type: "text", value: timeText(Number(time)) };
  return { type: "text", value: `/${command}` };
}

function mention(target: "user" | "channel", known: string, name: string | undefined, sign: string): Inline {
  return name === undefined ? { type: "mention", target, id: known } : { type: "mention", target, id: known, name: sign + name };
}

function timeText(seconds: number): string {
  const at = new Date(seconds * 1000);
  return Number.isNaN(at.getTime()) ? String(seconds) : `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function card(embed: JsonObject, names: Names): readonly Block[] {
  const title = text(embed["title"]);
  const url = text(embed["url"]);
  const words: Inline[] = title === undefined ? [] : [{ type: "text", value: title }];
  const head: Inline[] = words.length > 0 && url !== undefined ? [{ type: "link", url, children: words }] : words;
  const items = objects(embed["fields"]).map(({ name, value }) => ({
    name: text(name) ?? "",
    value: inlinesOf(read(text(value) ?? "", names, false)),
  }));
  const footer = text(object(embed["footer"])["text"]);
  return [
    ...(head.length === 0 ? [] : [{ type: "paragraph", children: [{ type: "strong", children: head }] } as const]),
    ...read(text(embed["description"]) ?? "", names, false),
    ...(items.length === 0 ? [] : [{ type: "fields", items } as const]),
    ...(footer === undefined ? [] : [{ type: "paragraph", children: [{ type: "text", value: footer }] } as const]),
  ];
}

function inlinesOf(content: readonly Block[]): readonly Inline[] {
  return content.flatMap((block, at) => {
    const children = block.type === "paragraph" || block.type === "heading" ? block.children : [];
    return at === 0 || children.length === 0 ? children : [{ type: "break" } as const, ...children];
  });
}
