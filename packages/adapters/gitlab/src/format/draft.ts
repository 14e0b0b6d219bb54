import type { Address, Attachment, Block, Content, PreparedDraft } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { markerLength } from "../wire/index.ts";
import { renderGlfm, type GlfmOptions } from "./glfm.ts";
import { rejected } from "./refuse.ts";

/** A description may have this many characters, a title 255. Source: GitLab's API, "Issues" and "Merge requests". */
const descriptionLimit = 1_048_576;
const titleLimit = 255;

/** The platform's own fields of a draft, without the two words that are ours. */
export interface Native {
  readonly options: GlfmOptions;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Splits native fields into what GitLab is sent and what the formatter is told: `references` and `quickActions`. */
export function readNative(native: Readonly<Record<string, unknown>> | undefined, broadcast = false): Native {
  const { references, quickActions, ...fields } = native ?? {};
  return { options: { references: references === true, quickActions: quickActions === true, broadcast }, fields };
}

/** Fields of a note. Attachments with an address of their own are part of its text; the sender uploads the others. */
export function noteFields(draft: PreparedDraft, to: Address): Readonly<Record<string, unknown>> {
  const { options, fields } = readNative(draft.native?.["gitlab"], draft.broadcast === true);
  const body = renderGlfm([...withoutActions(draft.content), ...draft.attachments.flatMap(linked)], options);
  if (body.trim() === "" && draft.attachments.length === 0) {
    throw rejected("the note says nothing. Give it text or an attachment.", to);
  }
  return { body, ...fields };
}

/** Blocks without buttons, of which there are none on GitLab. */
export function withoutActions(content: Content): Content {
  return content.filter((block) => block.type !== "actions");
}

/** Anybody can fetch it, so nobody needs to upload it. */
function linked({ kind, source, name, alt }: Attachment): readonly Block[] {
  if (source?.type !== "url") return [];
  const label = alt || name || source.url;
  const node =
    kind === "image"
      ? ({ type: "image", url: source.url, alt: label } as const)
      : ({ type: "link", url: source.url, children: [{ type: "text", value: label }] } as const);
  return [{ type: "paragraph", children: [node] }];
}

/** A description of somebody's Markdown. It is never cut. */
export function description(body: string, options: GlfmOptions, to: Address): string {
  const text = renderGlfm(parseMarkdown(body, { html: true }), options);
  if (text.length <= descriptionLimit - markerLength) return text;
  throw rejected(`a description of ${text.length} characters; at most ${descriptionLimit} fit. Shorten it.`, to);
}

/** A title that fits. */
export function checkedTitle(title: string, to: Address): string {
  if (title === "") throw rejected("a title says nothing.", to);
  if (title.length <= titleLimit) return title;
  throw rejected(`a title of ${title.length} characters; at most ${titleLimit} fit. Shorten it.`, to);
}
