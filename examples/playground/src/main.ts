import { createGateway, type Adapter, type Address, type Observation } from "@devflow/gateway";
import { serve } from "@devflow/gateway/node";
import { discord } from "@devflow/discord";
import { github } from "@devflow/github";
import { gitlab } from "@devflow/gitlab";
import { jira } from "@devflow/jira";
import { matrix } from "@devflow/matrix";
import { slack } from "@devflow/slack";
import { sqliteStore } from "@devflow/sqlite";
import { telegram } from "@devflow/telegram";
import { web } from "@devflow/web";
import { whatsapp } from "@devflow/whatsapp";
import { playgroundPages } from "./pages.ts";
import { addDeadLetters, addTour, deadNote, type Playground } from "./tour.ts";

const { env } = process;
const messengers: readonly Adapter[] = [slack(), telegram(), discord(), whatsapp(), matrix()];
// Shown, and never connected: many machines have a GITHUB_TOKEN that is meant for other programs.
const workplaces: readonly Adapter[] = [github(), gitlab(), jira()];
const live = messengers.filter(({ platform }) =>
  ["BOT_TOKEN", "ACCESS_TOKEN"].some((name) => env[`${platform.toUpperCase()}_${name}`]),
);

const gateway: Playground = createGateway({
  adapters: [web({ title: "DevFlow" }), ...live] as const,
  store: sqliteStore({ file: env["DEVFLOW_DB"] ?? ".devflow/gateway.db" }),
  inbox: { retryBaseMs: 200, retryCapMs: 1_000 },
  observe: tellDead,
});
addTour(gateway);
addDeadLetters(gateway);

/** Where the events happened that are being handled, or have failed. */
const places = new Map<string, Address>();
gateway.use(async (c, next) => {
  places.set(c.event.id, c.conversation.address);
  await next();
  places.delete(c.event.id);
});

/** A handler that has failed for good leaves a note where it was asked. The note is named after the event, so there is one. */
function tellDead({ step, id = "" }: Observation): void {
  const place = places.get(id);
  if (step !== "event.dead" || place === undefined) return;
  places.delete(id);
  gateway.send(place, deadNote(id), { id: `dead/${id}` }).catch(console.error);
}

const { port } = await serve(gateway, {
  port: Number(env["PORT"] ?? 3000),
  fallback: playgroundPages(
    [...messengers, ...workplaces],
    live.map(({ platform }) => platform),
  ),
});
console.log(`DevFlow playground: http://localhost:${port}`);
if (live.length > 0) console.log(`Also listening on ${new Intl.ListFormat("en").format(live.map(({ platform }) => platform))}.`);
