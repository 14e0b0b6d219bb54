import { scriptedServer, type HttpCall } from "@devflow/conformance";
import type { Operation } from "@devflow/gateway/contract";
import { describe, expect, it, onTestFinished } from "vitest";
import { github } from "../../src/index.ts";
import { outgoing, room, told, world } from "../support/index.ts";

const pulls = "/repos/octo/app/pulls";
const item = "/repos/octo/app/issues/13";
const propose: Operation = {
  kind: "change.create",
  change: { title: "t", from: "fix", into: "main", labels: ["bug"], reviewers: ["eve"] },
};

/** Proposes a change to a GitHub that answers what comes after it with these statuses, as often as it has to be tried. */
async function create(statuses: Readonly<Record<string, readonly number[]>>) {
  const made: { body?: string }[] = [];
  const asked: Record<string, number> = {};
  const server = await scriptedServer(({ method, url, body }: HttpCall) => {
    const path = url.split("?")[0] ?? "";
    const answer = { number: 13, html_url: "u", state: "open", name: "bug" };
    if (method === "GET") return { body: made.map((one) => ({ ...one, ...answer })) };
    if (path === pulls) made.push(JSON.parse(body) as { body?: string });
    const status = path === pulls ? 201 : statuses[path]?.[(asked[path] = (asked[path] ?? 0) + 1) - 1];
    if (status !== undefined && status > 299)
      return { status, body: { message: "Reviews may only be requested from collaborators." } };
    return { status: 201, body: path.endsWith("/labels") ? [answer] : answer };
  });
  onTestFinished(() => server.close());
  const context = world();
  const { sender } = github({ apiUrl: server.url, token: "ghp_1" });
  const send = async (attempt: number) => await sender.send(outgoing(propose, room, { attempt }), context);
  return { made, context, send };
}

describe("a pull request", () => {
  it("that is there is no failure when GitHub refuses its reviewers or labels: the receipt and the log say so", async () => {
    const { made, context, send } = await create({ [`${pulls}/13/requested_reviewers`]: [422], [`${item}/labels`]: [403] });
    const { key, raw } = told(await send(1));
    expect([key, made.length]).toEqual(["octo/app#13", 1]);
    const notes = [expect.stringMatching(/labels.*403/), expect.stringMatching(/reviewers.*Reviews may only be requested/)];
    expect(raw).toMatchObject({ notes });
    expect(context.log.records.filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  it("is not made twice when GitHub does not answer about its reviewers", async () => {
    const { made, send } = await create({ [`${pulls}/13/requested_reviewers`]: [502, 422] });
    await expect(send(1)).rejects.toMatchObject({ code: "platform.failed", retryable: true });
    expect([(await send(2)).key, made.length]).toEqual(["octo/app#13", 1]);
  });
});
