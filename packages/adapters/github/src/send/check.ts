import type { Receipt } from "@devflow/gateway/contract";
import { fields } from "../client/index.ts";
import { idOf, known, record, records, text } from "../wire/index.ts";
import { done, type Desk } from "./desk.ts";

/** Makes a check run, or changes ours of that name on the commit, so that saying it twice makes one. */
export async function reportCheck(desk: Desk): Promise<Receipt> {
  const { call, ask } = desk;
  const check_run_id = call.args["check_run_id"] ?? (await findCheck(desk));
  const route = check_run_id === undefined ? call.route : "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";
  const { head_sha, ...rest } = call.args;
  const check = fields(await ask(route, check_run_id === undefined ? call.args : { ...rest, check_run_id }));
  return { ...done(desk), ...known({ key: idOf(check["id"]), url: text(check["html_url"]) }) };
}

async function findCheck({ ask, call, clients, context, outgoing }: Desk): Promise<unknown> {
  const { head_sha: ref, name: check_name } = call.args;
  const { data } = await ask("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", { ref, check_name, filter: "latest" });
  const found = records(record(data)["check_runs"]);
  if (found.length === 0) return undefined;
  const { user } = await clients.self(outgoing.to.account, context);
  return found.find((one) => `${text(record(one["app"])["slug"])}[bot]` === user.handle?.toLowerCase())?.["id"];
}
