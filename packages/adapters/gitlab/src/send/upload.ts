import type { Attachment } from "@devflow/gateway/contract";
import { openFile } from "../client/index.ts";
import { projectPath, text } from "../wire/index.ts";
import { refused, type Job } from "./job.ts";

/** Source: GitLab.com's limit for uploads. */
const maxBytes = 104_857_600;

/** Brings attachments into the project's uploads. Gives the Markdown that shows each; those with an address of their own are in the text. */
export async function uploads(job: Job): Promise<readonly string[]> {
  const shown: string[] = [];
  for (const attachment of job.outgoing.attachments ?? []) {
    if (attachment.source?.type !== "url") shown.push(await upload(attachment, job));
  }
  return shown;
}

async function upload(attachment: Attachment, job: Job): Promise<string> {
  const { outgoing, clients, context } = job;
  const { account, room } = outgoing.to;
  const bytes = await openFile(attachment, account, maxBytes, clients, context);
  const form = new FormData();
  const type = attachment.mediaType ?? "application/octet-stream";
  form.set("file", new Blob([Uint8Array.from(bytes)], { type }), attachment.name ?? "file");
  const made = await clients.object(account, { method: "POST", path: `${projectPath(room)}/uploads`, body: form }, context);
  const markdown = text(made["markdown"]);
  if (markdown === undefined) throw refused(job, "GitLab took a file and did not say where it is.");
  return markdown;
}
