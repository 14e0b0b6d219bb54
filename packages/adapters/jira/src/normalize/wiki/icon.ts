import type { Emoji } from "@devflow/gateway/contract";

/** Signs that Jira shows as pictures, with the names that chats have for them. */
const icons: Readonly<Record<string, readonly [name: string, value: string]>> = {
  "(/)": ["white_check_mark", "✅"],
  "(x)": ["x", "❌"],
  "(!)": ["warning", "⚠️"],
  "(?)": ["question", "❓"],
  "(i)": ["information_source", "ℹ️"],
  "(y)": ["thumbsup", "👍"],
  "(n)": ["thumbsdown", "👎"],
  "(+)": ["heavy_plus_sign", "➕"],
  "(-)": ["heavy_minus_sign", "➖"],
  "(on)": ["bulb", "💡"],
  "(off)": ["new_moon", "🌑"],
  "(*)": ["star", "⭐"],
  "(*r)": ["star", "⭐"],
  "(*g)": ["star", "⭐"],
  "(*b)": ["star", "⭐"],
  "(*y)": ["star", "⭐"],
  ":)": ["slightly_smiling_face", "🙂"],
  ":(": ["slightly_frowning_face", "🙁"],
  ":P": ["stuck_out_tongue", "😛"],
  ":D": ["grinning", "😀"],
  ";)": ["wink", "😉"],
};

const sign = /\((?:\/|x|!|\?|y|n|i|on|off|\*[rgby]?|\+|-)\)|:[()DP]|;\)/y;

/** The picture that begins at `at`, and where it ends. */
export function iconAt(source: string, at: number): { readonly node: Emoji; readonly end: number } | undefined {
  sign.lastIndex = at;
  const found = sign.exec(source)?.[0];
  const [name, value] = icons[found ?? ""] ?? [];
  return name === undefined || value === undefined ? undefined : { node: { type: "emoji", name, value }, end: sign.lastIndex };
}
