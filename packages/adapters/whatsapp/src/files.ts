import type { Files } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { downloadMedia, type Numbers } from "./client/index.ts";
import { readHandle } from "./wire/index.ts";

/** Makes the role that downloads what people sent. */
export function files(numbers: Numbers): Files {
  return {
    async open({ source }, account, { maxBytes }, context) {
      const handle = source?.type === "remote" ? readHandle(source.handle) : undefined;
      if (handle?.account !== account) {
        const message = `whatsapp: number ${account}: this is no file of this number's; files open only for the number that got them.`;
        throw new GatewayError("file.refused", message, { platform: "whatsapp", account });
      }
      return await downloadMedia(numbers, account, handle.media, maxBytes, context);
    },
  };
}
