import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalize, only, person } from "../support/index.ts";
import { payloads } from "../support/payloads.ts";

const corpora = process.env["DEVFLOW_CORPORA"];
const folder = join(corpora ?? "", "payloads/gitlab");

/** What the payloads of the corpus are, and in which room. */
const expected: Readonly<Record<string, readonly [kind: string, room: string, type?: string]>> = {
  build: ["platform.event", "gitlab-org/gitlab-test", "build.created"],
  deployment: ["deployment.finished", "root/test-deployment-webhooks"],
  issue: ["issue.opened", "gitlabhq/gitlab-test"],
  job: ["platform.event", "jsmithy2/release-tools-fake", "build.success"],
  merge_request: ["change.opened", "gitlabhq/gitlab-test"],
  note_commit: ["message.created", "gitlabhq/gitlab-test"],
  note_issue: ["message.created", "gitlab-org/gitlab-test"],
  pipeline: ["pipeline.finished", "gitlab-org/gitlab-test"],
  push: ["push.received", "mike/diaspora"],
  release: ["release.published", "exm-namespace/example-project"],
  resource_access_token_group: ["platform.event", "twitter", "access_token.expiring_access_token"],
  resource_access_token_project: ["platform.event", "flightjs/Flight", "access_token.expiring_access_token"],
  subgroup: ["platform.event", "group-1/subgroup-1", "subgroup_create"],
  tag_push: ["push.received", "jsmith/example"],
  wiki_page: ["platform.event", "root/awesome-project", "wiki_page.create"],
};

describe.skipIf(corpora === undefined)("corpus of payloads (skipped without DEVFLOW_CORPORA)", () => {
  const names = corpora === undefined ? [] : readdirSync(folder).map((name) => name.replace(".json", ""));

  it("is expected in full", () => {
    expect(names.toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it.each(names)("%s", (name) => {
    const payload = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as object;
    const events = normalize(payload);
    const [kind, room, type] = expected[name] ?? [];
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ kind, conversation: { address: { room } }, raw: payload, ...(type && { type }) });
    expect(events[0]?.at, "GitLab's time, in either spelling").toBeGreaterThan(1e12);
    expect(JSON.parse(JSON.stringify(events))).toHaveLength(1);
  });

  it("has times in all spellings", () => {
    const read = (name: string) => normalize(JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as object)[0]?.at;
    expect(read("deployment")).toBe(Date.UTC(2021, 3, 28, 19, 50));
    expect(read("note_issue")).toBe(Date.UTC(2015, 4, 17, 17, 6, 40));
    expect(read("pipeline")).toBe(Date.UTC(2016, 7, 12, 15, 26, 29));
  });
});

describe("hostile payloads", () => {
  it("become events and never exceptions, with pieces of others in them", () => {
    const all = payloads.map(({ payload }) => payload);
    const names = [...new Set(all.flatMap((payload) => Object.keys(payload)))];
    const odd = fc.constantFrom<unknown>(null, 0, -1, "", "x", "\u0000", [], [null], {}, { id: {} }, "__proto__", 1e300, true);
    const property = fc.property(
      fc.constantFrom(...all),
      fc.constantFrom(...names),
      fc.constantFrom(...all),
      odd,
      (base, name, from, value) => {
        for (const payload of [
          { ...base, [name]: from[name] },
          { ...base, [name]: value },
          { [name]: base[name], object_kind: base["object_kind"] },
        ]) {
          for (const who of [undefined, person]) {
            const events = normalize(payload, who);
            expect(events).toHaveLength(1);
            expect(events[0]?.conversation.address.room).not.toBe("");
          }
        }
      },
    );
    fc.assert(property, { numRuns: 1500, seed: 20_260_101 });
  });

  it.each([
    ["comments", "<!-- ".repeat(150_000)],
    ["paths", "a/".repeat(400_000)],
    ["links", "](/uploads/".repeat(80_000)],
    ["references", "#1 ".repeat(200_000)],
    ["names", "@a ".repeat(200_000)],
  ])("of great length are read in bearable time: %s", (_, note) => {
    const project = { path_with_namespace: "a/b", web_url: "https://x/a/b" };
    const { message } = only(
      normalize({ object_kind: "note", project, issue: { iid: 1 }, object_attributes: { id: 1, note } }),
      "message.created",
    );
    const before = process.cpuUsage().user;
    expect(message.text.length).toBeGreaterThan(0);
    expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(10);
  });
});
