import type { CommandSpec, Setup } from "@devflow/gateway/contract";
import { isObject } from "@devflow/gateway/kit";
import type { Clients } from "./client/index.ts";
import type { Settings } from "./options.ts";
import { cut, object, objects, text } from "./wire/index.ts";
import { publicKeys } from "./verify.ts";

/** Path of the webhook below the public base address. */
const path = "/webhooks/discord";
/** Source: Discord's reference, "Application Command Naming" and "Registering a Command". */
const commandName = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const descriptionLimit = 100;
const commandLimit = 100;
/** Type of an option that takes text, and of a command that is typed. */
const textOption = 3;
const typed = 1;

type Command = Readonly<Record<string, unknown>>;
type Call = (method: "GET" | "PUT" | "PATCH", below: string, body?: unknown) => Promise<unknown>;

/** Makes the role that tells Discord about commands and the address for interactions. It asks first and changes only what differs. */
export function setup(settings: Settings, clients: Clients): Setup {
  return {
    async setup({ url, commands }, context) {
      const account = await clients.account(context);
      const call: Call = (method, below, body) =>
        clients.call(
          account,
          { method, path: `/applications/${below}`, ...(body === undefined ? {} : { body }) },
          "setup",
          context,
        );
      const hooked = url !== undefined && (await publicKeys(settings, context)).length > 0;
      return [
        await endpoint(hooked ? url.replace(/\/+$/, "") + path : undefined, call),
        ...(await announce(commands, settings.commands ?? [], account, call)),
      ];
    },
  };
}

/** Interactions go either to an address or over the Gateway; Discord decides by whether an address is set. */
async function endpoint(wanted: string | undefined, call: Call): Promise<string> {
  const current = text(object(await call("GET", "@me"))["interactions_endpoint_url"]);
  if (current === wanted) {
    return wanted === undefined
      ? "Interactions come over the Gateway; no address is set."
      : `Interactions go to ${wanted} already.`;
  }
  await call("PATCH", "@me", { interactions_endpoint_url: wanted ?? null });
  return wanted === undefined
    ? `Removed the address ${current}: interactions come over the Gateway now.`
    : `Set the address for interactions to ${wanted}.`;
}

async function announce(
  specs: readonly CommandSpec[],
  own: readonly object[],
  account: string,
  call: Call,
): Promise<readonly string[]> {
  const given = own.map(object);
  const plain = specs.filter(({ name }) => !given.some((one) => one["name"] === name.toLowerCase())).map(commandOf);
  const fit = plain.filter(({ name }) => commandName.test(String(name))).slice(0, commandLimit);
  const rest = plain
    .filter((one) => !fit.includes(one))
    .map(
      ({ name }) =>
        `Discord cannot list /${String(name)}: names are up to 32 letters and digits, and there are ${commandLimit} at most.`,
    );
  const wanted = [...given, ...fit];
  if (wanted.length === 0) return rest;
  const below = `${account}/commands`;
  const listed = objects(await call("GET", below));
  const differ = wanted.filter((one) => !listed.some((other) => isSame(one, other)));
  const gone = listed.filter((one) => !wanted.some((other) => nameOf(other) === nameOf(one)));
  if (differ.length === 0 && gone.length === 0) return [`The ${wanted.length} commands are listed already.`, ...rest];
  await call("PUT", below, wanted);
  const said = [...differ.map((one) => `changed ${nameOf(one)}`), ...gone.map((one) => `removed ${nameOf(one)}`)];
  return [`Listed ${wanted.length} commands: ${said.join(", ")}.`, ...rest];
}

/** A command of the gateway's takes its words in one option, which may be left out. */
function commandOf({ name, description }: CommandSpec): Command {
  const said = cut(description, descriptionLimit) || name;
  const args = { type: textOption, name: "args", description: "What to pass on", required: false };
  return { type: typed, name: name.toLowerCase(), description: said, options: [args] };
}

function nameOf(command: Command): string {
  return `${(command["type"] ?? typed) === typed ? "/" : "menu "}${String(command["name"])}`;
}

/** True when the listed command has all that is wanted; Discord adds defaults of its own. */
function isSame(wanted: Command, listed: Command): boolean {
  return nameOf(wanted) === nameOf(listed) && covers(wanted, listed);
}

function covers(wanted: unknown, found: unknown): boolean {
  if (Array.isArray(wanted)) {
    const have: readonly unknown[] = Array.isArray(found) ? found : [];
    return wanted.length === have.length && wanted.every((one, at) => covers(one, have[at]));
  }
  if (!isObject(wanted)) return wanted === found || (found === undefined && (wanted === false || wanted === null));
  const have = object(found);
  return Object.entries(wanted).every(
    ([name, value]) =>
      value === undefined || (name === "type" && value === typed) || covers(value, have[name]) || isEmptyList(value, have[name]),
  );
}

/** Discord leaves out what is empty. */
function isEmptyList(wanted: unknown, found: unknown): boolean {
  return Array.isArray(wanted) && wanted.length === 0 && found === undefined;
}
