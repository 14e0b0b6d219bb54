import { expect, it } from "vitest";
import { parseMarkdown } from "@devflow/gateway/kit";
import { formatter } from "../src/format.ts";

const to = { platform: "toy", account: "T1", room: "R1" };

it("writes a note with buttons", () => {
  const actions = { type: "actions", items: [{ kind: "button", id: "yes", label: "Yes", value: "1" }] } as const;
  const draft = { content: [...parseMarkdown("Deploy **now**?"), actions], attachments: [], replyTo: "N1" };
  expect(formatter.format({ kind: "message.post", draft }, to)).toEqual({
    text: "Deploy **now**?",
    answers: "N1",
    buttons: [{ id: "yes", label: "Yes", value: "1" }],
  });
});
