import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { normalize } from "../support/index.ts";
import {
  changeHook,
  deploymentHook,
  emojiHook,
  issueHook,
  memberHook,
  noteHook,
  pipelineHook,
  pushHook,
  releaseHook,
} from "../support/payloads.ts";

const makers: Readonly<Record<string, (action: string) => object>> = {
  issue: issueHook,
  work_item: (action) => ({ ...issueHook(action), object_kind: "work_item" }),
  merge_request: changeHook,
  note: (action) => noteHook({ action }),
  emoji: emojiHook,
  pipeline: pipelineHook,
  push: () => pushHook(),
  tag_push: () => pushHook({ object_kind: "tag_push" }),
  release: releaseHook,
  deployment: deploymentHook,
};

/** The README's table, line by line: a hook, its actions, and the kind that they become. */
function* promises(): Generator<readonly [hook: string, action: string, kind: string]> {
  const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
  const table = readme.slice(readme.indexOf("| Hook (`object_kind`)")).split("\n\n")[0] ?? "";
  for (const line of table.split("\n").slice(2)) {
    const [, left = "", right = ""] = line.split("|");
    const words = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
    for (const hook of words(left)) {
      let actions: string[] = [];
      for (const word of words(right)) {
        if (!word.includes(".")) actions.push(word);
        else {
          for (const action of actions.length === 0 ? [""] : actions) yield [hook, action, word];
          actions = [];
        }
      }
    }
  }
}

describe("the table of kinds", () => {
  const all = [...promises()];

  it("is there", () => {
    expect(all.length).toBeGreaterThan(30);
  });

  it.each(all)("%s %s is %s", (hook, action, kind) => {
    const payload = makers[hook]?.(action) ?? memberHook(hook);
    expect(normalize(payload).map((event) => event.kind)).toEqual([kind]);
  });
});
