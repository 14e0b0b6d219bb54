import type { Body, Content, Formatter } from "@devflow/gateway/contract";
import { GatewayError, isCloudEvent, printMarkdown, toCloudEvent } from "@devflow/gateway/kit";
import type { HttpMessage } from "./wire.ts";

/** Events as CloudEvents, texts as JSON. `check` throws for an address that is no endpoint. */
export function formatter(platform: string, check: (account: string) => void): Formatter {
  return {
    measure: (content) => Buffer.byteLength(textOf(content)),
    format(operation, { account, room, thread }): Body {
      check(account);
      if (operation.kind === "event.post") {
        const { event } = operation;
        // What came as a CloudEvent goes on as it was: its id and source tell each gateway whether it knows it already.
        return isCloudEvent(event.raw) ? event.raw : toCloudEvent(event);
      }
      if (operation.kind === "message.post") {
        const { content, replyTo, native } = operation.draft;
        const message: HttpMessage = {
          type: "message",
          room,
          ...(thread ? { thread } : {}),
          text: textOf(content),
          ...(replyTo ? { replyTo } : {}),
        };
        return { ...message, ...native?.[platform] };
      }
      const message = `${platform}: an endpoint takes events and messages, and no ${operation.kind}.`;
      throw new GatewayError("operation.unsupported", message, { platform, account });
    },
  };
}

function textOf(content: Content): string {
  return content.length === 0 ? "" : printMarkdown(content);
}
