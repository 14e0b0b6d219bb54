import type { Address } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";

/** The error of what cannot be said on GitLab. */
export function rejected(why: string, to: Address): GatewayError {
  return new GatewayError("content.rejected", `gitlab: ${why}`, { platform: "gitlab", account: to.account });
}

/** The error of what cannot be done there. */
export function unsupported(why: string, to: Address): GatewayError {
  return new GatewayError("operation.unsupported", `gitlab: ${why}`, { platform: "gitlab", account: to.account });
}
