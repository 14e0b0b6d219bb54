import type { Secret } from "@devflow/gateway/contract";

/** What `toy()` takes. Everything may come from the environment instead. */
export interface ToyOptions {
  /** Team that this bot is in, when there is one alone. Without it, `TOY_BOT_TOKEN` is looked up per team. */
  readonly account?: string;
  /** Bot token, from Team settings → Bots. `TOY_BOT_TOKEN` unless set. */
  readonly token?: string | Secret;
  /** Key that signs webhooks, from Team settings → Webhooks. `TOY_SIGNING_SECRET` unless set. */
  readonly signingSecret?: string | Secret;
  /** Base URL of the API. `TOY_API_URL`, else `https://api.toy.example`. */
  readonly apiUrl?: string;
}
