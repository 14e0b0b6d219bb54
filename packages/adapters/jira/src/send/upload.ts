import type { AdapterContext, Attachment } from "@devflow/gateway/contract";
import { openFile, type Clients } from "../client/index.ts";
import { refusal } from "../errors.ts";
import { pathOf, record, records, text, timeMs } from "../wire/index.ts";
import type { OnIssue } from "./issue.ts";

/** Files that are fetched before they are sent on may be this large. */
const maxBytes = 1_000_000_000;
/** The outbox tries for a day. */
const reachMs = 86_400_000;

/** Puts files on the issue; those that an earlier attempt has put there stay. Addresses of the files, in their order. */
export async function uploadAll(
  { to, issue, attachments = [], attempt }: OnIssue,
  clients: Clients,
  context: AdapterContext,
): Promise<readonly string[]> {
  const there = attempt > 1 && attachments.length > 0 ? await filesOn(to.account, issue, clients, context) : [];
  const urls: string[] = [];
  for (const attachment of attachments) {
    const bytes = await bytesOf(attachment, to.account, clients, context);
    const name = (attachment.name ?? "file").replace(/[\\/\p{Cc}]/gu, "_").slice(0, 250);
    const known = there.find((file) => file["filename"] === name && file["size"] === bytes.byteLength);
    const url = text((known ?? (await put(name, bytes)))["content"]);
    if (url !== undefined) urls.push(url);

    async function put(filename: string, data: Uint8Array): Promise<Readonly<Record<string, unknown>>> {
      const form = new FormData();
      form.append("file", new Blob([data], { type: attachment.mediaType ?? "application/octet-stream" }), filename);
      const headers = { "x-atlassian-token": "no-check" };
      const path = pathOf`/issue/${issue}/attachments`;
      return record(records(await clients.call(to.account, { method: "POST", path, body: form, headers }, context, to))[0]);
    }
  }
  return urls;
}

async function filesOn(
  account: string,
  issue: string,
  clients: Clients,
  context: AdapterContext,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const call = { method: "GET", path: pathOf`/issue/${issue}`, query: { fields: "attachment" } } as const;
  const files = records(record(record(await clients.call(account, call, context))["fields"])["attachment"]);
  const own = (await clients.own(account, context)).user.id;
  const since = context.clock.now() - reachMs;
  return files.filter((file) => {
    const author = record(file["author"]);
    return (timeMs(file["created"]) ?? 0) > since && [author["accountId"], author["name"]].includes(own);
  });
}

async function bytesOf(attachment: Attachment, account: string, clients: Clients, context: AdapterContext): Promise<Uint8Array> {
  const { source } = attachment;
  if (source?.type !== "stored") return await openFile(attachment, account, { maxBytes }, clients, context);
  const bytes = await context.blobs.get(source.key);
  if (bytes !== undefined) return bytes;
  throw refusal("target.gone", account, "the bytes of an attachment are no longer in the store");
}
