/** What mrkdwn text says, as Slack reads it. */
export interface Said {
  /** Every `<…>`, without the angles. */
  readonly tokens: readonly string[];
  /** Everything else, unescaped, code included. */
  readonly text: string;
}

const token =
  /^(?:(?:https?:|mailto:|tel:)[^<>|\s]*(?:\|[^<>|\n]+)?|@[A-Z0-9]+|#[A-Z0-9]+|!subteam\^[A-Z0-9]+|!(?:here|channel|everyone))$/i;

/**
 * Reads mrkdwn and throws at whatever Slack could take for something that nobody wrote: a bare angle, an ampersand that
 * escapes nothing, a token of an unknown kind, a fence that does not end.
 */
export function readMrkdwn(source: string): Said {
  const tokens: string[] = [];
  const text = source.replace(/<([^<>]*)>|&(amp|lt|gt);|[<>&]/g, (found, inner?: string, name?: "amp" | "lt" | "gt") => {
    if (name !== undefined) return { amp: "&", lt: "<", gt: ">" }[name];
    if (found === ">") return found;
    if (inner === undefined || !token.test(inner))
      throw new Error(`Slack would not read ${JSON.stringify(found)} as written in ${JSON.stringify(source)}`);
    tokens.push(inner);
    return "\u{e000}";
  });
  for (const line of text.split("\n")) {
    if (line.replace(/^(?:> ?)+/, "").includes(">") && /^\s*>/.test(line) && !line.startsWith("> ") && line !== ">")
      throw new Error(`A quote nobody made: ${JSON.stringify(line)}`);
  }
  if ((source.match(/```/g)?.length ?? 0) % 2 === 1) throw new Error(`A fence does not end in ${JSON.stringify(source)}`);
  if (!source.isWellFormed()) throw new Error("Half a character");
  if (/[\u202a-\u202e\0]/.test(source)) throw new Error("A character that deceives or is refused");
  return { tokens, text };
}
