import type { AdapterContext } from "@devflow/gateway/contract";
import type { createCloudClient } from "jira.js/cloud";
import type { SendRequestOptions } from "jira.js/core";
import { addressesOf, type AccountSettings, type JiraSender } from "../options.ts";
import { authorization } from "./credential.ts";
import { addressOf, jsonOf, send } from "./transport.ts";

/**
 * What `client()` gives. On Cloud it is jira.js: `issues`, `issueComments` and the rest, typed. `sendRequest` reaches every path, on
 * Data Center too, where it is all there is: jira.js speaks the REST API of Cloud alone.
 */
export type JiraClient = JiraSender & ReturnType<typeof createCloudClient>;

/** What `client()` gives on Data Center: `sendRequest({ url: "/rest/api/2/myself" })`. */
export type JiraServerClient = JiraSender;

/** jira.js over our transport: its retries are off, answers that differ from its schemas are given as they are. */
export async function createSdk(settings: AccountSettings, account: string, context: AdapterContext): Promise<JiraClient> {
  const sender = settings.client ?? createSenderOf(settings, account, context);
  if (settings.deployment === "dataCenter") return sender as JiraClient;
  const { createCloudClient: create } = await import("jira.js/cloud");
  return Object.assign(create(sender), { sendRequest: <T>(options: SendRequestOptions<T>) => sender.sendRequest(options) });
}

function createSenderOf(settings: AccountSettings, account: string, context: AdapterContext): JiraSender {
  // The client lives longer than the call that asked for it, whose signal is not its own.
  const lasting: AdapterContext = { ...context, signal: new AbortController().signal };
  return {
    async sendRequest<T>({ url, method = "GET", headers, body, searchParams, schema }: SendRequestOptions<T>): Promise<T> {
      const { base } = addressesOf(settings, lasting);
      const request = {
        url: addressOf(base, url, searchParams, account),
        method,
        headers: { accept: "application/json", authorization: await authorization(settings, account, lasting), ...headers },
        body,
      };
      const path = url.startsWith("/") ? url : `/${url}`;
      const failed = { account, call: { method: method as "GET", path } };
      const { BlobSchema, BufferSchema } = await import("jira.js/core");
      const bytes = (schema as unknown) === BufferSchema || (schema as unknown) === BlobSchema;
      const response = await send(request, failed, lasting, bytes ? "follow" : "manual");
      if ((schema as unknown) === BufferSchema) return new Uint8Array(await response.arrayBuffer()) as T;
      if ((schema as unknown) === BlobSchema) return (await response.blob()) as T;
      const data = await jsonOf(response, account);
      const parsed = data === undefined ? undefined : schema?.safeParse(data);
      return (parsed?.success === true ? parsed.data : data) as T;
    },
  };
}
