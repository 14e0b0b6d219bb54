import { createGateway } from "@devflow/gateway";
import { serve } from "@devflow/gateway/node";
import { jira } from "@devflow/jira";
import { afterEach, describe, expect, it } from "vitest";
import type { Stand } from "../src/pretend/http.ts";
import { startJira } from "../src/pretend/jira.ts";
import { addTriage } from "../src/triage.ts";

let stand: Stand | undefined;
let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  await stand?.close();
});

/** What the bot says about an issue with that title and description, and the labels that it then has. */
async function triaged(title: string, description: string): ReturnType<Stand["answer"]> {
  stand = await startJira({ title, description });
  const { JIRA_API_URL: apiUrl = "", JIRA_TOKEN: token = "", JIRA_WEBHOOK_SECRET: webhookSecret = "" } = stand.env;
  const gateway = createGateway({ adapters: [jira({ apiUrl, token, webhookSecret })] });
  addTriage(gateway);
  const serving = await serve(gateway, { port: 0 });
  close = serving.close;
  await stand.mention("what is this?", `http://127.0.0.1:${serving.port}`);
  await gateway.drain();
  return await stand.answer();
}

describe("triage", () => {
  it("leaves what others wrote the text it is, and changes no label twice", async () => {
    const { said, labels } = await triaged("[~admin] h1. *now*", "It crashes.\n\n{code}x{code} It is a web typo.");
    expect(said).toHaveLength(1);
    expect(said[0]).not.toContain("[~admin]");
    expect(said[0]).not.toMatch(/^h1\./m);
    expect(labels).toEqual(["web", "bug", "documentation"]);
  });

  it("says when it cannot tell, and labels nothing", async () => {
    const { said, labels } = await triaged("Something", "");
    expect(said[0]).toContain("I cannot tell what it is about.");
    expect(labels).toEqual(["web"]);
  });
});
