import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { Answer, Opening } from "../client/protocol.ts";
import { failureOf, openDatabase, type Database } from "./database.ts";
import { createEngine } from "./engine.ts";

/** Numbers in one transaction, about a thousand calls: what has arrived meanwhile joins it, so a slow disk makes larger groups. */
const groupSize = 16_384;

const port = parentPort;
// Imported by accident rather than started as a thread, this file does nothing.
if (port !== null) serve(port, workerData as Opening);

function serve(channel: NonNullable<typeof parentPort>, opening: Opening): void {
  const say = (answer: Answer): void => channel.postMessage(answer);
  let database: Database | undefined;
  try {
    const opened = openDatabase(opening);
    database = opened.database;
    const engine = createEngine(database, opening);
    channel.on("message", (first: readonly unknown[] | "close") => {
      const group: (readonly unknown[])[] = [];
      let next: unknown = first;
      let size = 0;
      while (Array.isArray(next)) {
        group.push(next);
        size += next.length;
        next = size < groupSize ? receiveMessageOnPort(channel)?.message : undefined;
      }
      if (group.length > 0) say(engine.run(group));
      if (next !== "close") return;
      try {
        engine.finish();
        opened.database.close();
      } catch {
        // What was committed is safe whether or not the log could be folded into the file.
      }
      say({ closed: true });
    });
    say(opened.warning === undefined ? { opened: true } : { opened: true, warning: opened.warning });
  } catch (error) {
    database?.close();
    say({ failed: failureOf(error) });
    channel.close();
  }
}
