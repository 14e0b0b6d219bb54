import { describe, expect, it } from "vitest";
import { issue, project, withDesk, type Desk } from "../support/desk.ts";

const fieldsOf = ({ server }: Desk, key = "APP-1"): Record<string, unknown> => server.state.issues.get(key)?.fields ?? {};
const doc = (text: string): object => ({
  version: 1,
  type: "doc",
  content: [{ type: "paragraph", content: [{ type: "text", text }] }],
});

describe.each([true, false])("issue.create (Cloud: %s)", (cloud) => {
  const ada = cloud ? { accountId: "712020:ada" } : { name: "ada" };

  it("shapes each value as its field wants it, by name or id", async () => {
    await withDesk(
      async (desk) => {
        const receipt = await desk.send(
          {
            kind: "issue.create",
            issue: {
              title: "It\nbreaks",
              body: "Plain",
              type: "bug",
              priority: "High",
              labels: ["needs review"],
              assignees: [{ id: cloud ? "712020:ada" : "ada", kind: "person", self: false }],
              parent: "APP-1",
              fields: {
                "story points": "3",
                Severity: "S1",
                Platforms: ["web", { id: "7" }],
                Steps: "Click",
                Reviewer: cloud ? "712020:ada" : "ada",
                Sprint: 12,
                customfield_10016: "Europe > Berlin",
                "Due date": "2026-02-01",
                "Fix versions": "2.0",
                components: ["api"],
              },
            },
          },
          { to: project },
        );
        expect(receipt).toMatchObject({
          key: "APP-2",
          url: `${desk.server.url}/browse/APP-2`,
          address: { ...project, thread: "APP-2" },
        });
        expect(fieldsOf(desk, "APP-2")).toEqual({
          project: { key: "APP" },
          issuetype: { id: "10001" },
          summary: "It breaks",
          description: cloud ? doc("Plain") : "Plain",
          priority: { name: "High" },
          labels: ["needs-review"],
          assignee: ada,
          parent: { key: "APP-1" },
          customfield_10010: 3,
          customfield_10011: { value: "S1" },
          customfield_10012: [{ value: "web" }, { id: "7" }],
          customfield_10013: cloud ? doc("Click") : "Click",
          customfield_10014: ada,
          customfield_10015: 12,
          customfield_10016: { value: "Europe", child: { value: "Berlin" } },
          duedate: "2026-02-01",
          fixVersions: [{ name: "2.0" }],
          components: [{ name: "api" }],
        });
      },
      { cloud },
    );
  });

  it("whose answer was lost is found by its mark", async () => {
    await withDesk(
      async (desk) => {
        const operation = { kind: "issue.create", issue: { title: "Once" } } as const;
        await desk.send(operation, { to: project, key: "an earlier one" });
        desk.server.once("POST", /\/issue$/, "drop");
        await expect(desk.send(operation, { to: project })).rejects.toMatchObject({ code: "network.failed" });
        expect((await desk.send(operation, { to: project, attempt: 2 })).key).toBe("APP-3");
        expect(desk.server.state.issues.size).toBe(3);
      },
      { cloud },
    );
  });
});

describe("issue.create", () => {
  it("refuses what Jira would refuse, before a number is burnt", async () => {
    await withDesk(async (desk) => {
      const refusal = async (draft: object): Promise<string> =>
        await desk.send({ kind: "issue.create", issue: { title: "x", ...draft } }, { to: project }).then(
          () => "taken",
          (error: Error) => error.message,
        );
      expect(await refusal({ type: "Epic" })).toMatch(/no type "Epic".*Bug, Task, Sub-task/);
      expect(await refusal({ parent: "APP-1" })).toMatch(/needs a `type`/);
      expect(await refusal({ fields: { Nonsense: 1 } })).toMatch(/no field "Nonsense".*Story Points/);
      expect(await refusal({ title: " " })).toMatch(/1 to 255/);
      expect(await refusal({ title: "x".repeat(256) })).toMatch(/256/);
      expect(await refusal({ body: "x".repeat(40_000) })).toMatch(/32767 characters/);
      expect(await refusal({ confidential: true })).toMatch(/security level/);
      expect(await refusal({ assignees: ["a", "b"] })).toMatch(/one assignee/);
      expect(desk.writes()).toEqual([]);
    });
  });

  it("shows Jira's own refusal field by field", async () => {
    await withDesk(async (desk) => {
      const sent = desk.send(
        { kind: "issue.create", issue: { title: "x", fields: { "Story Points": "many" } } },
        { to: project },
      );
      await expect(sent).rejects.toMatchObject({ code: "content.rejected", retryable: false });
      await expect(sent).rejects.toThrow(/customfield_10010: Operation value must be/);
    });
  });

  it("lays native fields over the request", async () => {
    await withDesk(async (desk) => {
      const native = { jira: { fields: { duedate: "2026-03-01" }, properties: [{ key: "mine", value: 1 }] } };
      await desk.send({ kind: "issue.create", issue: { title: "x", native } }, { to: project });
      expect(fieldsOf(desk, "APP-2")).toMatchObject({ duedate: "2026-03-01", summary: "x" });
      expect([...(desk.server.state.issues.get("APP-2")?.properties.keys() ?? [])]).toEqual(["devflow", "mine"]);
    });
  });
});

describe.each([true, false])("issue.update (Cloud: %s)", (cloud) => {
  const id = cloud ? "712020:ada" : "ada";

  it("adds and removes without touching what others do", async () => {
    await withDesk(
      async (desk) => {
        await desk.send({
          kind: "issue.update",
          update: { labels: ["a", "b c"], title: "New", body: "Text", fields: { "Story Points": 5 } },
        });
        expect(fieldsOf(desk)).toMatchObject({ labels: ["a", "b-c"], summary: "New", customfield_10010: 5 });
        const receipt = await desk.send({ kind: "issue.update", update: { labels: { add: ["d e"], remove: ["a"] }, body: "" } });
        expect(fieldsOf(desk)).toMatchObject({ labels: ["b-c", "d-e"], description: cloud ? null : "" });
        expect(receipt).toMatchObject({ key: "APP-1", address: issue });
      },
      { cloud },
    );
  });

  it("assigns, and takes away only whoever it is", async () => {
    await withDesk(
      async (desk) => {
        const assignee = (): unknown => fieldsOf(desk)["assignee"];
        await desk.send({ kind: "issue.update", update: { assignees: { add: [id] } } });
        expect(assignee()).toEqual(cloud ? { accountId: id } : { name: id });
        await desk.send({ kind: "issue.update", update: { assignees: { remove: ["devflow"] } } });
        expect(assignee()).not.toBeNull();
        await desk.send({ kind: "issue.update", update: { assignees: { remove: [id] } } });
        expect(assignee()).toBeNull();
        await desk.send({ kind: "issue.update", update: { assignees: [id] } });
        await desk.send({ kind: "issue.update", update: { assignees: [] } });
        expect(assignee()).toBeNull();
      },
      { cloud },
    );
  });
});

describe("issue.update", () => {
  it("takes the field of two of one name that the issue shows, and refuses one that nobody shows", async () => {
    await withDesk(async (desk) => {
      await desk.send({ kind: "issue.update", update: { fields: { Twin: "x" } } });
      expect(fieldsOf(desk)).toMatchObject({ customfield_10020: "x" });
      await expect(desk.send({ kind: "issue.update", update: { fields: { Nonsense: 1 } } })).rejects.toThrow(
        /no field "Nonsense"/,
      );
      const moving = desk.send({ kind: "issue.update", update: { status: "In Progress", fields: { Nonsense: 1 } } });
      await expect(moving).rejects.toThrow(/shows Nonsense; everything else is done/);
    });
  });
});

describe.each([true, false])("ties of an issue (Cloud: %s)", (cloud) => {
  it("go in the direction that their name says, and are made once", async () => {
    await withDesk(
      async (desk) => {
        await desk.send({ kind: "issue.link", link: { key: "APP-2", type: "Blocks" } });
        await desk.send({ kind: "issue.link", link: { key: "APP-2", type: "blocks" } });
        await desk.send({ kind: "issue.link", link: { key: "APP-2", type: "is blocked by" } });
        await desk.send({ kind: "issue.link", link: { key: "APP-2" } });
        expect(desk.server.state.links).toEqual([
          { type: "Blocks", inward: "APP-1", outward: "APP-2" },
          { type: "Blocks", inward: "APP-2", outward: "APP-1" },
          { type: "Relates", inward: "APP-1", outward: "APP-2" },
        ]);
        await expect(desk.send({ kind: "issue.link", link: { key: "APP-2", type: "Hates" } })).rejects.toThrow(/Blocks, Relates/);
        await expect(desk.send({ kind: "issue.link", link: { key: "../x" } })).rejects.toMatchObject({
          code: "content.rejected",
        });
      },
      { cloud, standing: ["To Do", "To Do"] },
    );
  });

  it("to a page are the same when they are made again", async () => {
    await withDesk(
      async (desk) => {
        const link = { url: "https://example.com/p", title: "Page", id: "github:pr:1" };
        await desk.send({ kind: "issue.link", link });
        await desk.send({ kind: "issue.link", link: { ...link, title: "Page, merged" } });
        expect([...(desk.server.state.issues.get("APP-1")?.remote ?? [])]).toEqual([
          ["github:pr:1", { url: link.url, title: "Page, merged" }],
        ]);
      },
      { cloud },
    );
  });

  it("to those who watch come and go", async () => {
    await withDesk(
      async (desk) => {
        const user = cloud ? "712020:ada" : "ada";
        const watchers = (): readonly string[] => [...(desk.server.state.issues.get("APP-1")?.watchers ?? [])];
        await desk.send({ kind: "issue.watch", user, watch: true });
        expect(watchers()).toEqual([user]);
        await desk.send({ kind: "issue.watch", user, watch: false });
        await desk.send({ kind: "issue.watch", user, watch: false });
        expect(watchers()).toEqual([]);
      },
      { cloud },
    );
  });
});
