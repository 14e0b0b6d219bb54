import type { Actions, Adapter, Address, Attachment, Block, Content, PreparedDraft } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { degrade, type Choice } from "../kit/degrade.ts";
import { plainText } from "../kit/text.ts";
import { splitContent } from "../kit/split/index.ts";

/** A draft as one platform can show it. */
export interface Prepared {
  /** One per message, in order. None for a draft that says nothing. */
  readonly drafts: readonly PreparedDraft[];
  /** What a person may send back instead of pressing what the platform cannot show. */
  readonly choices: readonly Choice[];
}

/** Fits a draft to the platform: degrades what it lacks, splits what is too long. Pure; no character is lost. */
export function prepare(adapter: Adapter, draft: PreparedDraft, to: Address, limit?: number): Prepared {
  const table = adapter.capabilities(to);
  if (draft.onlyFor !== undefined && !table.onlyFor) {
    throw new GatewayError(
      "operation.unsupported",
      `${to.platform} cannot show a message to one person alone here, and it was not made public. Send it to a direct conversation instead.`,
      {
        platform: to.platform,
        account: to.account,
      },
    );
  }
  const { content, choices } = degrade(draft.content, table);
  const last = content.at(-1);
  const actions = last?.type === "actions" ? last : undefined;
  const text = actions ? content.slice(0, -1) : content;
  const measure = (part: Content): number => adapter.formatter.measure(part);
  // A paragraph without words is no message: platforms refuse empty ones.
  const parts = splitContent(text, limit ?? table.text.limit, measure).filter(
    (part) => plainText(part) !== "" || measure(part) > 0,
  );
  const groups = chunk(draft.attachments, table.attachments.perMessage);

  const { content: _, attachments: __, replyTo, ...common } = draft;
  const drafts: PreparedDraft[] = [];
  const caption =
    groups.length === 1 && parts.length === 1 && !actions && parts[0] && measure(parts[0]) <= table.attachments.captionLimit;
  if (caption && parts[0]) {
    drafts.push({ ...common, content: parts[0], attachments: groups[0] ?? [] });
  } else {
    if (actions && parts.length === 0) parts.push([captionOf(actions)]);
    parts.forEach((part, index) => {
      drafts.push({ ...common, content: actions && index === parts.length - 1 ? [...part, actions] : part, attachments: [] });
    });
    for (const group of groups) drafts.push({ ...common, content: [], attachments: group });
  }
  const answers = (index: number): boolean => index === 0 || table.replies === "thread";
  return {
    drafts: replyTo === undefined ? drafts : drafts.map((one, index) => (answers(index) ? { ...one, replyTo } : one)),
    choices,
  };
}

/** Buttons cannot stand alone on most platforms; their labels are the least surprising text above them. */
function captionOf(actions: Actions): Block {
  return { type: "paragraph", children: [{ type: "text", value: actions.items.map((item) => item.label).join(" · ") }] };
}

function chunk(list: readonly Attachment[], size: number): (readonly Attachment[])[] {
  const groups: (readonly Attachment[])[] = [];
  for (let i = 0; i < list.length; i += Math.max(1, size)) groups.push(list.slice(i, i + Math.max(1, size)));
  return groups;
}
