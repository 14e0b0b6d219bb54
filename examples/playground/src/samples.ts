import { crc32, deflateSync } from "node:zlib";

/** A message with everything that Markdown has. */
export const formatted = `## Release 2.4

Shipped by *Ada* in **4 minutes**. Details are in [the log](https://example.com/log), the password is ||swordfish||.

| Service | Before | After |
|---|---:|---:|
| api | 182 ms | **94 ms** |
| web | 240 ms | 231 ms |

- Build
  - compile
  - test
- Ship

1. Check the dashboard
2. Tell the team

- [x] Tests are green
- [ ] Changelog

> Nothing accepted is lost;
> nothing is answered twice.

\`\`\`ts
gateway.command("deploy", async (c) => {
  await c.reply(\`Deploying **\${c.event.args}**…\`);
});
\`\`\``;

/** More than Telegram takes in one message (4,096 characters), so that splitting shows. */
export const long = [
  "## Twelve months of deploys",
  "This text is longer than one Telegram message may be. Here it is one; beside the chat you see where it is cut: between paragraphs, never inside a word, a link or a code block.",
  ...[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
  ].map((month, index) => {
    const count = 31 + ((index * 17) % 23);
    return `### ${month}\n\nThe team shipped **${count} times**. The slowest deploy took ${6 + (index % 5)} minutes, the fastest ${40 + index} seconds. ${
      index % 3 === 0 ? "One was rolled back within two minutes, by a button in the chat." : "None was rolled back."
    } Every answer that the bot gave was written down before it was sent, so the restart in week ${index * 4 + 2} lost nothing: what was waiting went out a moment later, in the order in which it was asked.`;
  }),
  "```sql\nSELECT month, count(*) AS deploys\nFROM deploys\nWHERE finished\nGROUP BY month\nORDER BY month;\n```",
].join("\n\n");

/** Numbers to open in a spreadsheet. */
export const csv = "service,before_ms,after_ms\napi,182,94\nweb,240,231\nworker,61,58\n";

/** A small bar chart as a PNG, drawn here. */
export function chart(values: readonly number[] = [182, 94, 240, 231, 61, 58]): Uint8Array {
  const [width, height, bar] = [360, 160, 36];
  const top = Math.max(...values);
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(1 + width * 3, 0xf4);
    row[0] = 0;
    values.forEach((value, index) => {
      if (height - y > 12 + (value / top) * (height - 40) || y > height - 12) return;
      const color = index % 2 === 0 ? [0x9f, 0xb8, 0xab] : [0x1f, 0x6b, 0x50];
      const left = 24 + index * (bar + 18);
      for (let x = left; x < left + bar; x++) row.set(color, 1 + x * 3);
    });
    return row;
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}
