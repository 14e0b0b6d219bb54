// Every whole run of the tests tries the same inputs, so that a failure is there again tomorrow and a change is to blame for it.
// DEVFLOW_SEED=7 tries others, and so do the tests of a package that are run by themselves.
import { configureGlobal } from "fast-check";

configureGlobal({ seed: Number(process.env["DEVFLOW_SEED"] ?? 1), includeErrorInReport: true });
