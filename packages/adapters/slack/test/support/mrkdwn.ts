/** What mrkdwn says, as Slack reads it. */
export interface Said {
  /** Every `<…>`, without the angles. */
  readonly tokens: readonly string[];
  /** The text, unescaped, with what each token shows in its place. */
  readonly text: string;
}

const token =
  /^(?:(?:https?:|mailto:|tel:)[^<>|\s]*(?:\|[^<>|\n]+)?|[@#][A-Z\d]+|!subteam\^[A-Z\d]+|!(?:here|channel|everyone))$/i;
const names = { amp: "&", lt: "<", gt: ">" } as const;

/**
 * Reads mrkdwn and throws at whatever Slack could take for something that nobody wrote: a bare angle, an ampersand that
 * escapes nothing, a token of an unknown kind, a fence that does not end.
 */
export function readMrkdwn(source: string): Said {
  const tokens: string[] = [];
  const text = source.replace(/<([^<>]*)>|&(amp|lt|gt);|^(?:> )+|[<>&]/gm, (found, inner?: string, name?: keyof typeof names) => {
    if (name !== undefined) return names[name];
    if (found.startsWith("> ")) return "";
    if (inner === undefined || !token.test(inner))
      throw new Error(`Slack would misread ${JSON.stringify(found)} in ${JSON.stringify(source)}`);
    tokens.push(inner);
    return readMrkdwn(inner.slice(inner.indexOf("|") + 1)).text;
  });
  if ((source.match(/```/g)?.length ?? 0) % 2 === 1) throw new Error(`A fence does not end in ${JSON.stringify(source)}`);
  if (!source.isWellFormed()) throw new Error("Half a character");
  if (/[\u202a-\u202e]/.test(source) || source.includes("\0")) throw new Error("A character that deceives, or is refused");
  return { tokens, text };
}

/** Places in a line of text, code aside, where Slack would begin a style. */
export function styleStarts(line: string): string[] {
  const starts = Array.from(line.matchAll(/(?<![\p{L}\p{N}*_~`])(?:[*_~`]+)(?=[^\s\u200b*_~`])/gu), (match) => match[0]);
  return starts.filter((run) => run !== "");
}
