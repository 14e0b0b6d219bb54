import { preview, type Adapter, type Address, type Attachment, type Content } from "@devflow/gateway";
import { isObject } from "@devflow/gateway/kit";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

/** What one platform would be sent for a message, in its own words; Markdown also as the HTML that it becomes there. */
export interface Preview {
  readonly platform: string;
  readonly parts: readonly { readonly kind: string; readonly body: unknown; readonly html?: string }[];
  /** Why there is nothing to send, if so. */
  readonly problem?: string;
}

/** Places that do not exist: previews are made for them, and go nowhere. */
const places: Readonly<Record<string, Address>> = {
  slack: { platform: "slack", account: "T0PREVIEW", room: "C0PREVIEW" },
  telegram: { platform: "telegram", account: "1000000", room: "2000000" },
  discord: { platform: "discord", account: "100000000000000000", room: "200000000000000000" },
  whatsapp: { platform: "whatsapp", account: "1000000", room: "2000000" },
  matrix: { platform: "matrix", account: "@devflow:example.org", room: "!preview:example.org" },
  github: { platform: "github", account: "default", room: "octo/app", thread: "12" },
  gitlab: { platform: "gitlab", account: "default", room: "octo/app", thread: "#12" },
  jira: { platform: "jira", account: "default", room: "APP", thread: "APP-12" },
};

/** Asks each adapter what it would send. `asked` is what the page sent: a content tree and its files. */
export async function previews(adapters: readonly Adapter[], asked: unknown): Promise<readonly Preview[]> {
  const { content, files } = isObject(asked) ? asked : {};
  if (!Array.isArray(content) || !Array.isArray(files)) throw new TypeError("a preview needs content and files");
  const attachments = files.filter(isObject).map(({ file, url, ...rest }): Attachment => {
    const source = typeof url === "string" ? ({ type: "url", url } as const) : ({ type: "stored", key: String(file) } as const);
    return { ...(rest as Omit<Attachment, "source">), source };
  });
  return Promise.all(
    adapters.map(async (adapter): Promise<Preview> => {
      const { platform } = adapter;
      const to = places[platform] ?? { platform, account: "preview", room: "preview" };
      try {
        const parts = await preview(adapter, { content: content as Content, attachments }, to);
        return { platform, parts: parts.map(({ kind, body }) => ({ kind, body, ...rendered(body) })) };
      } catch (error) {
        return { platform, parts: [], problem: error instanceof Error ? error.message : "This cannot be sent there." };
      }
    }),
  );
}

/** What GitHub and GitLab make of the Markdown that they are sent. */
function rendered({ args, fields }: Readonly<Record<string, unknown>>): { readonly html?: string } {
  const { body } = isObject(args) ? args : isObject(fields) ? fields : {};
  if (typeof body !== "string") return {};
  return { html: micromark(body, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true }) };
}
