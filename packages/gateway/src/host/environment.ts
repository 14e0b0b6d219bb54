import type { Secret, Secrets } from "../contract/index.ts";
import { secret } from "../kit/secret.ts";

/** Variables by name; `process.env` unless another is handed in. This file is the only one that reads it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment that this process was started with. */
export function processEnvironment(): Environment {
  return process.env;
}

/** `BOT_TOKEN` of `slack` is `SLACK_BOT_TOKEN`; an account may have its own, `SLACK_BOT_TOKEN_T0123`. */
export function variable(environment: Environment, platform: string, name: string, account?: string): string | undefined {
  const base = `${screaming(platform)}_${name}`;
  const own = account === undefined ? undefined : environment[`${base}_${screaming(account)}`];
  return (own ?? environment[base]) || undefined;
}

/** Credentials from the environment. */
export function environmentSecrets(environment: Environment): Secrets {
  return {
    get({ platform, name, account }): Secret | undefined {
      const value = variable(environment, platform, name, account);
      return value === undefined ? undefined : secret(value);
    },
  };
}

function screaming(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
}
