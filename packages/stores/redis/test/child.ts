import { storeVictim } from "@devflow/conformance";
import { redisStore } from "../src/index.ts";

const [url = "", name = "", run = ""] = process.argv.slice(2);
await storeVictim(redisStore({ url, name }), run);
