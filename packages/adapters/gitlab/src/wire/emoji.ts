// Names as GitLab spells them; the first one of a character is what is sent.
const table = `👍 thumbsup,👍 +1,👎 thumbsdown,👎 -1,😄 smile,😀 grinning,😃 smiley,😁 grin,😂 joy,🤣 rofl,😉 wink,😊 blush,😍 heart_eyes,
😎 sunglasses,😢 cry,😭 sob,😕 confused,😞 disappointed,😡 rage,😱 scream,🤔 thinking,🙄 rolling_eyes,😅 sweat_smile,😬 grimacing,
❤️ heart,💔 broken_heart,💯 100,🎉 tada,🚀 rocket,👀 eyes,🔥 fire,✨ sparkles,⭐ star,🌟 star2,💡 bulb,🐛 bug,⚠️ warning,🚧 construction,
✅ white_check_mark,✔️ heavy_check_mark,❌ x,❎ negative_squared_cross_mark,🛑 octagonal_sign,⛔ no_entry,🚫 no_entry_sign,
⏳ hourglass_flowing_sand,⌛ hourglass,🕐 clock1,🔄 arrows_counterclockwise,➕ heavy_plus_sign,➖ heavy_minus_sign,❓ question,❗ exclamation,
👏 clap,🙏 pray,🙌 raised_hands,👋 wave,💪 muscle,👌 ok_hand,✋ raised_hand,🤝 handshake,🤷 shrug,🤖 robot,👑 crown,🏆 trophy,🎁 gift,
📌 pushpin,📎 paperclip,🔒 lock,🔓 unlock,🔑 key,🔍 mag,🔔 bell,📝 pencil,📦 package,🔧 wrench,🔨 hammer,💥 boom,💤 zzz,☕ coffee,🍰 cake,
🟢 green_circle,🟡 yellow_circle,🔴 red_circle,🏁 checkered_flag,🎯 dart,📣 mega,💬 speech_balloon,🦊 fox`;

const byName = new Map<string, string>();
const byChar = new Map<string, string>();
for (const entry of table.split(/,\s*/)) {
  const [char = "", name = ""] = entry.split(" ");
  byName.set(name, char);
  if (!byChar.has(bare(char))) byChar.set(bare(char), name);
}

/** The character of one of GitLab's names; the name itself where we know no character. */
export function emojiOf(name: string): string {
  return byName.get(name) ?? name;
}

/** GitLab's name of an emoji. Undefined for a character that we have no name for; a name passes as it is. */
export function emojiName(emoji: string): string | undefined {
  const known = byChar.get(bare(emoji));
  if (known !== undefined) return known;
  const name = emoji.replace(/^:(.+):$/, "$1");
  return /^[\w+-]+$/.test(name) ? name : undefined;
}

/** Without the sign that asks for a picture, which some keyboards add and others leave out. */
function bare(char: string): string {
  return char.replaceAll("\ufe0f", "");
}
