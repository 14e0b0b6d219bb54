import { storeVictim } from "@devflow/conformance";
import { sqliteStore } from "../src/index.ts";

const [role, file = "", run = ""] = process.argv.slice(2);
const store = sqliteStore({ file });
if (role === "victim") await storeVictim(store, run);
else {
  await store.migrate().then(
    () => process.send?.("opened"),
    (error: { readonly code: string }) => process.send?.(error.code),
  );
  process.disconnect?.();
}
