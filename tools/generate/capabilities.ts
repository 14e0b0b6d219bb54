import { posix } from "node:path";
import type { Adapter, Capabilities, Support } from "@devflow/gateway/contract";
import { adapterFolders, adapterIn } from "../lib/adapters.ts";
import { table } from "../lib/markdown.ts";
import type { Generator } from "../lib/generator.ts";

const units = { utf16: "UTF-16 units", codepoint: "characters", byte: "bytes" };

/** What the adapter of this README can do, from its table. */
export const capabilities: Generator = async (tree, path) => {
  const adapter = await adapterIn(tree, posix.dirname(path));
  const can = adapter.capabilities();
  const { text, attachments, actions, stream } = can;
  const rows: (readonly [string, string])[] = [
    [
      "Text of a message",
      `${text.limit} ${units[text.unit]}${text.editLimit === text.limit ? "" : `, ${text.editLimit} in an edit`}; longer texts are split`,
    ],
    ["Content, native", listed(can.nodes, "native")],
    ["Content, in another form", listed(can.nodes, "emulated")],
    ["Content, left out", listed(can.nodes, "none")],
    ["Operations, native", listed(can.operations, "native")],
    ["Operations, made of others", listed(can.operations, "emulated")],
    ["Attachments, native", listed(attachments.kinds, "native")],
    [
      "Attachments of a message",
      attachments.perMessage === 0 ? "" : `${attachments.perMessage}, of ${size(attachments.maxBytes)} each`,
    ],
    [
      "Text beside an attachment",
      attachments.perMessage === 0
        ? ""
        : attachments.captionLimit === 0
          ? "in a message of its own"
          : `${attachments.captionLimit}`,
    ],
    ["Below a message", below(actions)],
    ["To one user alone", can.onlyFor ? "yes" : ""],
    [
      "Stream",
      (can.operations["stream.begin"] ?? "none") === "none"
        ? "none: a streamed text is said once, when it is whole"
        : `every ${duration(stream.intervalMs)}${stream.rotateMs === undefined ? "" : `, in a fresh message after ${duration(stream.rotateMs)}`}`,
    ],
    [
      "A repeated send",
      can.idempotent ? "makes one message: the platform takes our key" : "may make a double after an answer is lost",
    ],
  ];
  return table(
    ["", ""],
    rows.filter(([, value]) => value !== ""),
  );
};

/** All platforms side by side: root README. */
export const matrix: Generator = async (tree) => {
  const adapters = await Promise.all(adapterFolders(tree).map((folder) => adapterIn(tree, folder)));
  const tables = adapters.map((adapter) => adapter.capabilities());
  const row = (name: string, cell: (can: Capabilities) => string): readonly string[] => [name, ...tables.map(cell)];
  const support = (name: string, pick: (can: Capabilities) => Support | undefined): readonly string[] =>
    row(name, (can) => mark[pick(can) ?? "none"]);
  const rows = [
    row("webhook, connection, page", (can) => waysIn(adapters[tables.indexOf(can)])),
    row("text of a message", ({ text }) => String(text.limit)),
    support("tables", ({ nodes }) => nodes.table),
    support("buttons and menus", ({ nodes }) => nodes.actions),
    support("files", ({ attachments }) => attachments.kinds.file),
    row("edit, delete, react", ({ operations }) =>
      [operations["message.edit"], operations["message.delete"], operations["reaction.add"]]
        .map((one) => mark[one ?? "none"])
        .join(" "),
    ),
    support("typing", ({ operations }) => operations["typing.start"]),
    support("streams", ({ operations }) => operations["stream.begin"]),
    support("forms", ({ operations }) => operations["form.open"]),
    row("to one user alone", ({ onlyFor }) => (onlyFor ? "●" : "–")),
    row("exactly once", ({ idempotent }) => (idempotent ? "●" : "–")),
  ];
  return `${table(["", ...adapters.map(({ platform }) => platform)], rows)}\n\n● native · ○ in another form · – not there`;
};

const mark: Readonly<Record<Support, string>> = { native: "●", emulated: "○", none: "–" };

function waysIn(adapter: Adapter | undefined): string {
  return [adapter?.transports.webhook, adapter?.transports.connection, adapter?.site].map((way) => (way ? "●" : "–")).join(" ");
}

function listed(supports: Readonly<Record<string, Support>>, wanted: Support): string {
  return Object.entries(supports)
    .filter(([, support]) => support === wanted)
    .map(([name]) => `\`${name}\``)
    .join(" ");
}

function below({ buttons, selects, options, labelLimit }: Capabilities["actions"]): string {
  const parts = [
    buttons > 0 && `${buttons} buttons`,
    selects > 0 && `${selects} menu${selects === 1 ? "" : "s"} of ${options}`,
  ].filter((part) => part !== false);
  return parts.length === 0
    ? "actions become a numbered list"
    : `${parts.join(", ")}, labels of ${labelLimit}; more become a numbered list`;
}

/** Bytes for people. */
export function size(bytes: number): string {
  if (bytes >= 1_048_576) return `${Math.floor(bytes / 104_857.6) / 10} MiB`;
  return bytes >= 1024 ? `${Math.floor(bytes / 1024)} KiB` : `${bytes} bytes`;
}

/** Milliseconds for people. */
export function duration(ms: number): string {
  for (const [unit, length] of [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1000],
  ] as const) {
    if (ms >= length && ms % (length / 10) === 0) return `${ms / length} ${unit}`;
  }
  return `${ms} ms`;
}
