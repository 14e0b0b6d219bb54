import type { Adapter } from "@devflow/gateway/contract";
import type { MatrixClient } from "matrix-js-sdk";
import { capabilities, type MatrixOperations } from "./capability.ts";
import { crew, invitations } from "./client/index.ts";
import { connection } from "./connection/index.ts";
import { directory } from "./directory.ts";
import { files } from "./files.ts";
import { formatter } from "./format/index.ts";
import { limits } from "./limits.ts";
import { normalizer } from "./normalize/index.ts";
import { readOptions, type MatrixOptions } from "./options.ts";
import { sender } from "./send.ts";
import { site } from "./site.ts";
import type { MatrixEvent } from "./wire/index.ts";

/** The Matrix adapter: parts of one platform, ready for `createGateway`. */
export type MatrixAdapter = Adapter<"matrix", MatrixClient, MatrixEvent, MatrixOperations>;

/**
 * Connects a Matrix user, by sync or as an application service. Everything it needs is asked for when it is first needed, so a
 * gateway can be made before its secrets are there. Throws `options.invalid` for options that can never work.
 */
export function matrix(options: MatrixOptions = {}): MatrixAdapter {
  const settings = readOptions(options);
  const us = crew(settings);
  const invited = invitations(settings, us);
  return {
    contract: 1,
    platform: "matrix",
    transports: { connection: connection(settings, us, invited) },
    normalizer: normalizer(settings),
    formatter,
    sender: sender(us),
    capabilities,
    limits,
    identify: us.identify,
    client: us.client,
    directory: directory(us),
    files: files(us),
    site: site(us, invited),
  };
}
