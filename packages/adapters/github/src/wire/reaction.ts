/** GitHub's eight reactions, with the emoji they stand for. */
const reactions: Readonly<Record<string, string>> = {
  "👍": "+1",
  "👎": "-1",
  "😄": "laugh",
  "😕": "confused",
  "❤": "heart",
  "🎉": "hooray",
  "🚀": "rocket",
  "👀": "eyes",
};
const names: Readonly<Record<string, string>> = { thumbsup: "+1", thumbsdown: "-1", smile: "laugh", tada: "hooray" };

/** The name of a reaction from an emoji or a name. Undefined for what GitHub has not. */
export function reactionOf(emoji: string): string | undefined {
  // A skin tone and the wish for colour are no other reaction.
  const bare = emoji.replace(/\ufe0f|\p{Emoji_Modifier}/gu, "");
  if (Object.hasOwn(reactions, bare)) return reactions[bare];
  const name = bare.replace(/^:|:$/g, "").toLowerCase();
  if (Object.hasOwn(names, name)) return names[name];
  return Object.values(reactions).includes(name) ? name : undefined;
}

/** All of them, for people. */
export const reactionList: string = Object.keys(reactions).join(" ");
