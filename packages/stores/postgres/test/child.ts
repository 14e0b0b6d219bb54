import { storeVictim } from "@devflow/conformance";
import { postgresStore } from "../src/index.ts";

const [url = "", schema = "", run = ""] = process.argv.slice(2);
// Ten that start together may keep a machine busy for longer than a call takes elsewhere.
const store = postgresStore({ url, schema, ...(run === "migrate" && { opTimeoutMs: 60_000 }) });
if (run === "migrate") {
  await store.migrate();
  await store.close();
  process.disconnect?.();
} else await storeVictim(store, run);
