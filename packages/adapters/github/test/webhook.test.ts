import { describe, expect, it } from "vitest";
import type { Reception, VerifiedRequest } from "@devflow/gateway/contract";
import { rawRequest } from "@devflow/conformance";
import { github, type GithubOptions } from "../src/index.ts";
import { account, example, signed, world } from "./support/index.ts";

async function receive(
  body: string,
  changes: Parameters<typeof signed>[1] = {},
  options: GithubOptions = {},
): Promise<Reception> {
  const { webhook } = github(options).transports;
  if (!webhook) throw new Error("no webhook");
  return await webhook.receive(signed(body, changes) as VerifiedRequest, world());
}

describe("a webhook", () => {
  it("is one delivery under GitHub's own id, in the lane of its conversation, parsed once", async () => {
    const body = JSON.stringify({ ...example("issues", "opened"), installation: { id: 4001 } });
    const { deliveries, response } = await receive(body, { id: "guid-1" });
    expect(response).toEqual({ status: 202 });
    expect(deliveries).toHaveLength(1);
    expect(deliveries[0]).toMatchObject({
      id: "guid-1",
      account,
      via: "issues",
      lane: "github/4001/Codertocat%2fHello-World/1",
      body,
    });
    expect(deliveries[0]?.payload).toEqual(JSON.parse(body));
  });

  it("may be a form", async () => {
    const json = JSON.stringify(example("ping"));
    const { deliveries } = await receive(new URLSearchParams({ payload: json }).toString(), { form: true, event: "ping" });
    expect(deliveries[0]).toMatchObject({ via: "ping", body: json, account: "default" });
    await expect(receive("pay=1", { form: true })).rejects.toMatchObject({ code: "wire.malformed" });
  });

  it("goes to the account that the options name, where there is no installation", async () => {
    const { deliveries } = await receive(JSON.stringify(example("push")), { event: "push" }, { account: "acme" });
    expect(deliveries[0]?.account).toBe("acme");
  });

  it("lets runs go side by side, and comments on one pull request in order", async () => {
    const lane = async (event: string, payload: object): Promise<string | undefined> =>
      (await receive(JSON.stringify(payload), { event })).deliveries[0]?.lane;
    const run = example("workflow_run", "completed");
    const id = (run["workflow_run"] as { id: number }).id;
    const lanes = [await lane("workflow_run", run), await lane("workflow_run", { ...run, workflow_run: { id: id + 1 } })];
    expect(lanes[0]).not.toBe(lanes[1]);
    const job = { ...run, workflow_run: undefined, workflow_job: { id: 1, run_id: id } };
    expect(await lane("workflow_job", job)).toBe(lanes[0]);
    const comment = example("pull_request_review_comment", "created");
    const review = example("pull_request_review", "submitted");
    expect(await lane("pull_request_review_comment", comment)).toMatch(/\/\d+$/);
    expect(await lane("pull_request_review", review)).toMatch(/\/\d+$/);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ["x-github-event", { "x-github-delivery": "1" }],
    ["x-github-delivery", { "x-github-event": "push" }],
    ["x-github-event", { "x-github-event": "a b", "x-github-delivery": "1" }],
  ])("is refused without a proper %s", (name, headers) => {
    const request = rawRequest("{}", headers, 0) as VerifiedRequest;
    expect(() => github().transports.webhook?.receive(request, world())).toThrow(name);
  });
});
