import type { Files } from "@devflow/gateway/contract";
import { openFile, type Clients } from "./client/index.ts";

/** Opens uploads of projects, with the account's token. */
export function createFiles(clients: Clients): Files {
  return {
    open: (attachment, account, { maxBytes }, context) => openFile(attachment, account, maxBytes, clients, context),
  };
}
