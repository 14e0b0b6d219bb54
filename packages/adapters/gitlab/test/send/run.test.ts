import { describe, expect, it } from "vitest";
import type { Operation } from "@devflow/gateway/contract";
import { onBench, project } from "../support/index.ts";

const run: Operation = {
  kind: "pipeline.run",
  run: { ref: "main", inputs: { myInput: true, "env-URL": ["a"], deployTo: "x" }, variables: { deployEnv: "y" } },
};

describe("pipelines", () => {
  it("are started with inputs as they are spelled, and heard of afterwards", async () => {
    await onBench({}, async ({ send, said, server }) => {
      const receipt = await send(run, project);
      expect(said()).toEqual({
        method: "POST",
        path: "/api/v4/projects/group%2Fapp/pipeline",
        body: {
          ref: "main",
          inputs: { myInput: true, "env-URL": ["a"], deployTo: "x" },
          variables: [{ key: "deployEnv", value: "y" }],
        },
      });
      // With it, GitLab would take the hooks of the run for an echo.
      expect(server.calls.at(-1)?.headers["x-gitlab-event-uuid"]).toBeUndefined();
      expect(receipt).toMatchObject({ key: "101", url: "http://gl/p", raw: { status: "created" } });
    });
  });

  it("are started with a trigger token, which is in no address", async () => {
    await onBench({ triggerToken: "glptt-secret-1" }, async ({ send, said, server }) => {
      await send(run, project);
      expect(said()).toMatchObject({
        path: "/api/v4/projects/group%2Fapp/trigger/pipeline",
        body: { token: "glptt-secret-1", ref: "main", inputs: { deployTo: "x" }, variables: { deployEnv: "y" } },
      });
      expect(server.calls.map(({ url }) => url).join()).not.toContain("glptt");
    });
  });

  it("are not started again when nobody knows whether they have started", async () => {
    await onBench({}, async ({ send, server }) => {
      server.behave("reset");
      await expect(send(run, project)).rejects.toMatchObject({
        code: "network.failed",
        retryable: false,
        message: expect.stringContaining("Look at the pipelines"),
      });
      server.behave(() => ({ status: 502, body: "<html>" }));
      await expect(send(run, project)).rejects.toMatchObject({ code: "platform.failed", retryable: false });
      server.behave(() => ({ status: 503, body: "<html>" }));
      await expect(send(run, project)).rejects.toMatchObject({ code: "platform.failed", retryable: true });
      server.behave(() => ({ status: 429, body: {} }));
      await expect(send(run, project)).rejects.toMatchObject({ code: "rate.limited", retryable: true });
    });
    await onBench({}, async ({ send, server }) => {
      await server.close();
      await expect(send(run, project)).rejects.toMatchObject({ code: "network.failed", retryable: true });
    });
  });

  it("are started once where the answer came and the outbox could not note it", async () => {
    await onBench({}, async ({ send, server }) => {
      const first = await send(run, project);
      expect(await send(run, project, { attempt: 2 })).toEqual(first);
      expect(server.calls.filter(({ method }) => method === "POST")).toHaveLength(1);
    });
  });

  it("are refused with GitLab's reason", async () => {
    await onBench({}, async ({ send, server }) => {
      server.behave(() => ({ status: 400, body: { message: { base: ["Insufficient permissions to set pipeline variables"] } } }));
      await expect(send(run, project)).rejects.toMatchObject({
        code: "content.rejected",
        message: expect.stringContaining("Insufficient permissions to set pipeline variables"),
      });
    });
  });

  it("are cancelled and retried, and a retried job is a new one", async () => {
    await onBench({}, async ({ send, said }) => {
      expect(await send({ kind: "pipeline.cancel", pipeline: "4" }, project)).toMatchObject({ key: "4" });
      expect(await send({ kind: "pipeline.retry", pipeline: "4", failedOnly: true }, project)).toMatchObject({ key: "4" });
      expect(said().path).toBe("/api/v4/projects/group%2Fapp/pipelines/4/retry");
      expect(await send({ kind: "pipeline.retry", pipeline: "4", job: "20" }, project)).toMatchObject({
        key: "21",
        raw: { pipeline: 9 },
      });
      expect(await send({ kind: "pipeline.cancel", pipeline: "4", job: "20" }, project)).toMatchObject({ key: "20" });
    });
  });

  it("have a job retried once although the first answer was lost: the job that it became is found", async () => {
    const retry: Operation = { kind: "pipeline.retry", pipeline: "9", job: "20" };
    await onBench({}, async ({ send, server }) => {
      let jobs: readonly object[] = [
        { id: 20, name: "test", web_url: "http://gl/20", pipeline: { id: 9 } },
        { id: 22, name: "lint", web_url: "http://gl/22", pipeline: { id: 9 } },
      ];
      server.behave(({ method, url }) => {
        if (method === "POST") return { status: 403, body: { message: "403 Forbidden - Job is not retryable" } };
        return { body: url.includes("/pipelines/9/jobs") ? jobs : jobs[0] };
      });
      await expect(send(retry, project)).rejects.toMatchObject({ code: "operation.rejected" });
      await expect(send(retry, project, { attempt: 2 })).rejects.toMatchObject({ code: "operation.rejected" });
      jobs = [...jobs, { id: 21, name: "test", web_url: "http://gl/21", pipeline: { id: 9 } }];
      expect(await send(retry, project, { attempt: 2 })).toMatchObject({ key: "21", url: "http://gl/21" });
    });
  });
});
