// A bot in a process of its own, to be killed: its argument is JSON, see below. It answers "say …" with "you said …".
import { createGateway } from "@devflow/gateway";
import { sqliteStore } from "@devflow/sqlite";
import { matrix } from "../../src/index.ts";

interface Orders {
  readonly apiUrl: string;
  readonly token: string;
  /** File of its store. */
  readonly store: string;
  /** When it is to end with `kill -9`: with a message at hand that the store does not have yet, or has while the token stands. */
  readonly die?: "before" | "after";
}

const { apiUrl, token, store, die } = JSON.parse(process.argv[2] ?? "{}") as Orders;
const adapter = matrix({ apiUrl, token });
const { connection } = adapter.transports;
if (!connection) throw new Error("There is no connection.");
const gateway = createGateway({
  store: sqliteStore({ file: store }),
  adapters: [
    {
      ...adapter,
      transports: {
        connection: {
          ...connection,
          run: (account, sink, context, up) =>
            connection.run(
              account,
              async (reception) => {
                const fatal = reception.deliveries.some(({ body }) => body.includes('"body":"say '));
                if (fatal && die === "before") process.kill(process.pid, "SIGKILL");
                const answer = await sink(reception);
                if (fatal && die === "after") process.kill(process.pid, "SIGKILL");
                return answer;
              },
              context,
              () => {
                up();
                console.log("up");
              },
            ),
        },
      },
    },
  ],
});
gateway.on("message.created", { addressed: true }, async (c) => {
  if (c.message.text.startsWith("say ")) await c.reply(`you said ${c.message.text.slice(4)}`);
});
await gateway.start();
// The clock of the gateway keeps no process alive.
setInterval(() => undefined, 60_000);
