import type { Files } from "@devflow/gateway/contract";
import { openFile, type Clients } from "./client/index.ts";

/** Opens files that people attached to issues. */
export function createFiles(clients: Clients): Files {
  return { open: (attachment, account, options, context) => openFile(attachment, account, options, clients, context) };
}
