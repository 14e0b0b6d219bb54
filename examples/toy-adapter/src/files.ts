import type { Files } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { toyClient } from "./client.ts";
import type { ToyOptions } from "./options.ts";

/** Downloads the files of notes. */
export function files(options: ToyOptions): Files {
  return {
    async open({ source, bytes: declared = 0 }, account, { maxBytes }, context) {
      const refused = (why: string): GatewayError =>
        new GatewayError("file.refused", `toy: the file ${why}.`, { platform: "toy", account });
      if (source?.type !== "remote") throw refused("is not on Toy");
      if (declared > maxBytes) throw refused("is too large");
      const client = await toyClient(options, account, context);
      const response = await client.call("GET", `/files/${encodeURIComponent(source.handle)}`);
      const data = new Uint8Array(await response.arrayBuffer());
      if (data.length > maxBytes) throw refused("is too large");
      return data;
    },
  };
}
