import { storeVictim } from "@devflow/conformance";
import { postgresStore } from "../src/index.ts";

const [url = "", schema = "", run = ""] = process.argv.slice(2);
const store = postgresStore({ url, schema });
if (run === "migrate") {
  await store.migrate();
  await store.close();
  process.disconnect?.();
} else await storeVictim(store, run);
