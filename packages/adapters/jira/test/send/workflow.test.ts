import { describe, expect, it } from "vitest";
import { workflow } from "../support/emulator/index.ts";
import { withDesk, type Desk } from "../support/desk.ts";

const everywhere = ["To Do", "In Progress", "In Review", "Done"];
const status = ({ server }: Desk, key = "APP-1"): string | undefined => server.state.issues.get(key)?.status;
const moves = (desk: Desk): number => desk.writes().filter((call) => call.endsWith("/transitions")).length;

describe.each([true, false])("a workflow (Cloud: %s)", (cloud) => {
  it("takes the one transition that leads to a status", async () => {
    await withDesk(
      async (desk) => {
        await desk.send({ kind: "issue.update", update: { status: "in progress" } });
        expect([status(desk), moves(desk)]).toEqual(["In Progress", 1]);
      },
      { cloud },
    );
  });

  it("finds a way of three transitions by looking at issues that stand along it, and moves none of them", async () => {
    await withDesk(
      async (desk) => {
        const receipt = await desk.send({ kind: "issue.update", update: { state: "closed" } });
        expect([status(desk), moves(desk)]).toEqual(["Done", 3]);
        expect(desk.server.state.issues.get("APP-1")?.fields["resolution"]).toEqual({ name: "Done" });
        expect([status(desk, "APP-2"), status(desk, "APP-3"), status(desk, "APP-4")]).toEqual(everywhere.slice(1));
        expect(receipt).toMatchObject({ key: "APP-1", address: { thread: "APP-1" }, url: `${desk.server.url}/browse/APP-1` });
      },
      { cloud, standing: everywhere },
    );
  });
});

describe("a status", () => {
  it("that it has already is a success without a move", async () => {
    await withDesk(async (desk) => {
      await desk.send({ kind: "issue.update", update: { status: "To Do" } });
      await desk.send({ kind: "issue.update", update: { state: "open" } });
      expect(desk.writes()).toEqual([]);
    });
  });

  it("of the goal is left by reopening", async () => {
    await withDesk(
      async (desk) => {
        await desk.send({ kind: "issue.update", update: { state: "open" } });
        expect(status(desk)).toBe("To Do");
      },
      { standing: ["Done"] },
    );
  });

  it("is reached step by step where nothing stands on the way and there is no choice", async () => {
    await withDesk(
      async (desk) => {
        await desk.send({ kind: "issue.update", update: { state: "closed", fields: { Resolution: "Won't Do" } } });
        expect([status(desk), moves(desk)]).toEqual(["Done", 3]);
        expect(desk.server.state.issues.get("APP-1")?.fields["resolution"]).toEqual({ name: "Won't Do" });
      },
      { workflow: { ...workflow, transitions: workflow.transitions.filter(({ to }) => to !== "Cancelled") } },
    );
  });

  it("is not guessed at: with a choice and nothing to learn from, nothing moves and what is reachable is told", async () => {
    const fork = { id: "12", name: "Park", from: ["To Do"], to: "In Review" };
    await withDesk(
      async (desk) => {
        const sent = desk.send({ kind: "issue.update", update: { status: "Cancelled" } });
        await expect(sent).rejects.toMatchObject({ code: "operation.rejected", retryable: false });
        await expect(sent).rejects.toThrow(/it can go to In Progress, In Review/);
        expect([status(desk), moves(desk)]).toEqual(["To Do", 0]);
      },
      { workflow: { ...workflow, transitions: [...workflow.transitions, fork] } },
    );
  });

  it("that exists and is not reachable is refused without a step, once the whole workflow is known", async () => {
    const frozen = { ...workflow, statuses: [...workflow.statuses, { id: "9", name: "Frozen", category: "done" as const }] };
    const around = { ...frozen, transitions: frozen.transitions.filter(({ to }) => to !== "Cancelled") };
    await withDesk(
      async (desk) => {
        await expect(desk.send({ kind: "issue.update", update: { status: "Frozen" } })).rejects.toThrow(/no way is known/);
        expect([status(desk), moves(desk)]).toEqual(["To Do", 0]);
      },
      { standing: everywhere, workflow: around },
    );
  });

  it("that no workflow has is refused with what is reachable", async () => {
    await withDesk(
      async (desk) => {
        await expect(desk.send({ kind: "issue.update", update: { status: "Nirvana" } })).rejects.toThrow(
          /to "Nirvana".*can go to To Do\./,
        );
        expect([status(desk), moves(desk)]).toEqual(["Done", 0]);
      },
      { standing: ["Done", "To Do", "In Progress", "In Review"] },
    );
  });

  it("further away than four transitions is refused, with nothing moved", async () => {
    const names = ["A", "B", "C", "D", "E", "F"];
    const chain = {
      statuses: names.map((name, at) => ({
        id: String(at + 1),
        name,
        category: name === "F" ? ("done" as const) : ("indeterminate" as const),
      })),
      transitions: names.slice(1).map((to, at) => ({ id: String(at), name: `to ${to}`, from: [names[at] ?? ""], to })),
    };
    await withDesk(
      async (desk) => {
        await desk.send({ kind: "issue.update", update: { status: "E" } });
        expect([status(desk), moves(desk)]).toEqual(["E", 4]);
      },
      { workflow: chain, standing: names },
    );
    await withDesk(
      async (desk) => {
        await expect(desk.send({ kind: "issue.update", update: { status: "F" } })).rejects.toThrow(/no way is known/);
        expect(moves(desk)).toBe(0);
      },
      {
        workflow: { ...chain, transitions: [...chain.transitions, { id: "9", name: "aside", from: ["A"], to: "D" }].slice(0, 6) },
        standing: names.slice(0, 1),
      },
    );
  });

  it("whose form asks for more says so, and takes it from the fields", async () => {
    await withDesk(
      async (desk) => {
        const sent = desk.send({ kind: "issue.update", update: { status: "Cancelled" } });
        await expect(sent).rejects.toMatchObject({ code: "content.rejected" });
        await expect(sent).rejects.toThrow(/"Cancel" asks for Reason \(customfield_10050\)/);
        expect(status(desk)).toBe("In Progress");
        await desk.send({ kind: "issue.update", update: { status: "Cancelled", fields: { Reason: "too late" } } });
        expect(desk.server.state.issues.get("APP-1")).toMatchObject({
          status: "Cancelled",
          fields: { customfield_10050: "too late" },
        });
      },
      { standing: ["In Progress", "Cancelled"] },
    );
  });

  it("that changed meanwhile is Jira's refusal, and the next attempt sees the new state", async () => {
    await withDesk(async (desk) => {
      desk.server.once("POST", /\/transitions$/, { status: 409, body: { errorMessages: ["changed"] } });
      const operation = { kind: "issue.update", update: { status: "In Progress" } } as const;
      await expect(desk.send(operation)).rejects.toMatchObject({ code: "operation.rejected", retryable: true });
      await desk.send(operation, { attempt: 2 });
      expect(status(desk)).toBe("In Progress");
    });
  });
});
