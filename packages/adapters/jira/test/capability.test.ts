import { describe, expect, it } from "vitest";
import { jira } from "../src/index.ts";
import { issueAddress } from "./support/index.ts";

const project = { platform: "jira", account: "default", room: "APP" };

describe("what is possible", () => {
  it("depends on whether an address is an issue or a project", () => {
    const { capabilities } = jira();
    expect(Object.keys(capabilities(issueAddress).operations)).toEqual([
      "message.post",
      "message.edit",
      "message.delete",
      "issue.update",
      "issue.link",
      "issue.watch",
    ]);
    for (const address of [project, { ...project, thread: "" }]) {
      expect(capabilities(address).operations).toEqual({ "issue.create": "native" });
    }
    expect(Object.keys(capabilities().operations)).toHaveLength(7);
  });

  it("is what the account's Jira can show", () => {
    const { capabilities, formatter } = jira({
      accounts: { a: { apiUrl: "https://a.atlassian.net" }, b: { apiUrl: "https://jira.b.com" } },
    });
    const said = (account: string): unknown =>
      formatter.format({ kind: "issue.update", update: { body: "**x**" } }, { ...issueAddress, account })["description"];
    expect([typeof said("a"), said("b")]).toEqual(["object", "*x*"]);
    expect(capabilities({ ...issueAddress, account: "a" }).nodes).not.toEqual(
      capabilities({ ...issueAddress, account: "b" }).nodes,
    );
  });
});
