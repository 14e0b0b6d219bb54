import { createEmulator } from "emulate";
import type { Stand } from "./http.ts";
import { freePort } from "./port.ts";

/** GitHub as `emulate` knows it, with an issue of Ada's. It signs and sends the webhook itself. */
export async function startGithub(): Promise<Stand> {
  const emulator = await createEmulator({
    service: "github",
    port: await freePort(),
    seed: {
      tokens: {
        ghp_ada: { login: "ada", scopes: ["repo", "admin:repo_hook"] },
        ghp_triage: { login: "triage", scopes: ["repo", "admin:repo_hook"] },
      },
      github: {
        users: [{ login: "ada" }, { login: "triage", site_admin: true }],
        repos: [{ owner: "triage", name: "app", auto_init: true }],
      },
    },
  });
  const ada = async (method: string, path: string, body?: object): Promise<unknown> => {
    const headers = { authorization: "token ghp_ada", "content-type": "application/json" };
    const answer = await fetch(`${emulator.url}/repos/triage/app${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  };
  await ada("POST", "/issues", {
    title: "Tokens are exposed",
    body: "The log shows access tokens in plain text. It also breaks the parser.",
  });
  return {
    name: "GitHub",
    env: {
      GITHUB_API_URL: emulator.url,
      GITHUB_TOKEN: "ghp_triage",
      GITHUB_WEBHOOK_SECRET: "a long random text",
      GITHUB_REPOSITORIES: "triage/app",
    },
    async mention(text) {
      await ada("POST", "/issues/1/comments", { body: `@triage ${text}` });
    },
    async answer() {
      const comments = (await ada("GET", "/issues/1/comments")) as {
        readonly body: string;
        readonly user: { readonly login: string };
      }[];
      const { labels } = (await ada("GET", "/issues/1")) as { readonly labels: readonly { readonly name: string }[] };
      return {
        said: comments.filter(({ user }) => user.login === "triage").map(({ body }) => body),
        labels: labels.map(({ name }) => name),
      };
    },
    close: async () => await emulator.close(),
  };
}
