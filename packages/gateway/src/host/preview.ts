import type { Adapter, Address, Body, OperationKind, Sayable } from "../contract/index.ts";
import { readDraft, unsent } from "../outbox/compose.ts";
import { prepare } from "../outbox/prepare.ts";

/** What an adapter would send for a saying: the same preparation and format as the outbox uses, and nothing is sent. */
export async function preview(
  adapter: Adapter,
  what: Sayable,
  to: Address,
): Promise<readonly { readonly kind: OperationKind; readonly body: Body }[]> {
  const draft = await readDraft(what, { put: () => Promise.resolve("preview"), get: () => Promise.resolve(undefined) });
  return prepare(adapter, draft, to).drafts.map((part) => {
    const { kind, body } = unsent(adapter, { kind: "message.post", draft: part }, to);
    return { kind, body };
  });
}
