import assert from "node:assert/strict";
import type { Adapter, Attachment } from "@devflow/gateway/contract";
import { leaks } from "../fakes/index.ts";
import type { AdapterSuiteOptions } from "./options.ts";
import { throughJson } from "./plain.ts";
import { rejection } from "./send.ts";
import { scriptedServer } from "./server.ts";
import { deliveriesOf, normalize, workingServer, type Statement, type Subject } from "./subject.ts";

const hasDownloads = ({ server }: AdapterSuiteOptions): boolean => server?.isDownload !== undefined;

/** Attachments, from the payload to their bytes. */
export const fileStatements: readonly Statement[] = [
  {
    id: "A-70",
    says: "opens an attachment after a queue and a restart: stored, restored, downloaded by a process that never saw the message",
    applies: hasDownloads,
    async check(subject) {
      for (const attachment of await remoteAttachments(subject)) {
        await subject.withServer(async (_, fresh) => {
          const bytes = await open(subject, fresh, throughJson(attachment), 1_000_000);
          assert.ok(bytes.length > 0, "no bytes");
        });
      }
    },
  },
  {
    id: "A-71",
    says: "refuses a file of more bytes than the caller takes",
    applies: hasDownloads,
    async check(subject) {
      for (const attachment of await remoteAttachments(subject)) {
        await subject.withServer(async (_, adapter) => {
          const { bytes: __, ...undeclared } = attachment;
          const error = await rejection(open(subject, adapter, undeclared, 1));
          assert.equal(error.code, "file.refused");
        });
      }
    },
  },
  {
    id: "A-72",
    says: "sends no credentials to another origin, a redirect's included",
    applies: hasDownloads,
    async check(subject) {
      const foreign = await scriptedServer(() => ({ body: "foreign bytes" }));
      try {
        for (const attachment of await remoteAttachments(subject)) {
          await subject.withServer(async (server, adapter) => {
            const working = workingServer(subject.options);
            server.behave((call) => {
              const redirect = { status: 302, headers: { location: `${foreign.url}/elsewhere` } };
              return subject.options.server?.isDownload?.(call) || typeof working === "string" ? redirect : working(call);
            });
            await open(subject, adapter, attachment, 1_000_000).catch(() => undefined);
            const told = JSON.stringify(foreign.calls);
            assert.deepEqual(leaks(told, subject.options.secrets), [], "the other origin was told");
          });
        }
      } finally {
        await foreign.close();
      }
    },
  },
];

async function remoteAttachments(subject: Subject): Promise<readonly Attachment[]> {
  const found: Attachment[] = [];
  for (const fixture of subject.options.fixtures) {
    const adapter = subject.make();
    for (const delivery of await deliveriesOf(subject, adapter, fixture)) {
      for (const event of normalize(subject, adapter, delivery)) {
        if ("message" in event) found.push(...event.message.attachments.filter(({ source }) => source?.type === "remote"));
      }
    }
  }
  assert.ok(found.length > 0, "no fixture has an attachment that the platform keeps");
  return found;
}

async function open(subject: Subject, adapter: Adapter, attachment: Attachment, maxBytes: number): Promise<Uint8Array> {
  assert.ok(adapter.files, "the adapter has no `files`");
  return await adapter.files.open(attachment, subject.options.to.account, { maxBytes }, subject.context());
}
