import { storeVictim } from "@devflow/conformance";
import { postgresStore } from "../src/index.ts";

const [url = "", schema = "", run = ""] = process.argv.slice(2);
await storeVictim(postgresStore({ url, schema }), run);
