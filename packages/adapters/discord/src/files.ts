import type { Files } from "@devflow/gateway/contract";
import { openFile, type Clients } from "./client/index.ts";

/** Makes the role that downloads. */
export function files(clients: Clients): Files {
  return {
    open: (attachment, account, { maxBytes }, context) => openFile(attachment, account, maxBytes, clients, context),
  };
}
