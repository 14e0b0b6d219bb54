import { describe, it } from "vitest";
import { adapterSuite } from "@devflow/conformance";
import { wired } from "./wired.ts";

adapterSuite(wired(), { describe, it });
