import { code } from "../client/protocol.ts";
import type { Handlers } from "./args.ts";
import type { State } from "./state.ts";

export function leaseHandlers(state: State): Handlers {
  const { prepare } = state.database;
  const acquire = prepare(
    `INSERT INTO devflow_lease (name, fence, until) VALUES (?1, ?2, ?3)
     ON CONFLICT DO UPDATE SET fence = excluded.fence, until = excluded.until WHERE until <= ?4 RETURNING fence`,
  );
  const renew = prepare("UPDATE devflow_lease SET until = ? WHERE name = ? AND fence = ? AND until > ?");
  const release = prepare("DELETE FROM devflow_lease WHERE name = ? AND fence = ?");
  return {
    [code.acquire]: (args) => acquire.row(args.text(), state.next(), state.now + args.number(), state.now)?.[0] ?? 0,
    [code.renew](args) {
      const name = args.text();
      const fence = args.number();
      return renew.changes(state.now + args.number(), name, fence, state.now) === 1;
    },
    [code.release](args) {
      release.row(args.text(), args.number());
    },
  };
}
