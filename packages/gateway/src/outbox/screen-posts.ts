import { unsent } from "./compose.ts";
import { prepare } from "./prepare.ts";
import { asDraft, type Screen, type StreamPort } from "./stream.ts";

/** For platforms that cannot change what was said: nothing is shown until the text is whole, and then it is posted once. */
export function postScreen({ adapter, to, id, post }: Pick<StreamPort, "adapter" | "to" | "id" | "post">): Screen {
  return {
    show: () => Promise.resolve(),
    async finish(full) {
      const ids: string[] = [];
      for (const [index, draft] of prepare(adapter, asDraft(full), to).drafts.entries()) {
        const name = `${id}.${index}`;
        await post(name, unsent(adapter, { kind: "message.post", draft }, to));
        ids.push(name);
      }
      return ids;
    },
  };
}
