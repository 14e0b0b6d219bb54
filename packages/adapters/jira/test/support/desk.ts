import type { Address, Attachment, Operation, Receipt } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { jira, type JiraOptions } from "../../src/index.ts";
import { issueAddress, world } from "./index.ts";
import { emulator, type Emulator } from "./emulator/index.ts";

/** Sends operations to an emulated Jira, as the outbox does. */
export interface Desk {
  readonly server: Emulator;
  readonly context: ReturnType<typeof world>;
  readonly adapter: ReturnType<typeof jira>;
  /** To `APP-1` unless an address is given. */
  send(
    operation: Operation,
    more?: {
      readonly to?: Address;
      readonly key?: string;
      readonly attempt?: number;
      readonly attachments?: readonly Attachment[];
    },
  ): Promise<Receipt>;
  /** Requests that wrote, as `METHOD path`. */
  writes(): readonly string[];
}

export const issue: Address = { ...issueAddress, thread: "APP-1" };
export const project: Address = { platform: "jira", account: "default", room: "APP" };

export const draft = (text: string, rest: object = {}) => ({ content: parseMarkdown(text), attachments: [], ...rest });

/** Runs `work` with a desk, and clears it away. */
export async function withDesk(
  work: (desk: Desk) => Promise<void>,
  { standing, workflow, cloud = true, ...options }: NonNullable<Parameters<typeof emulator>[0]> & JiraOptions = {},
): Promise<void> {
  const server = await emulator({ cloud, ...(standing && { standing }), ...(workflow && { workflow }) });
  const adapter = jira({ apiUrl: server.url, deployment: cloud ? "cloud" : "dataCenter", ...options } as JiraOptions);
  const context = world();
  try {
    await work({
      server,
      context,
      adapter,
      async send(operation, { to = issue, key = "op-1", attempt = 1, attachments } = {}) {
        const body = JSON.parse(JSON.stringify(adapter.formatter.format(operation, to))) as Record<string, unknown>;
        const messageId = "messageId" in operation ? operation.messageId : undefined;
        const outgoing = { key, kind: operation.kind, to, body, attempt, ...(messageId !== undefined && { messageId }) };
        return await adapter.sender.send({ ...outgoing, ...(attachments && { attachments }) }, context);
      },
      writes: () =>
        server.calls
          .filter(({ method }) => method !== "GET")
          .map(({ method, path }) => `${method} ${path.replace(/^.*\/rest\/api\/\d/, "")}`),
    });
  } finally {
    await server.close();
  }
}
