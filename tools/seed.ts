// Every whole run of the tests tries the same inputs, so that a failure is there again tomorrow and a change is to blame for it.
// DEVFLOW_SEED=7 tries others.
import { configureGlobal } from "fast-check";

configureGlobal({ seed: Number(process.env["DEVFLOW_SEED"] ?? 1), includeErrorInReport: true });
