/** Two gateways on one store, a load, and a `kill -9` in the middle of it. See the README. */
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { postgresMissing, redisMissing, startPostgres, startRedis } from "@devflow/conformance/engines";
import { secret, startChat } from "./chat.ts";

const rooms = 20;
const began = Date.now();
const say = (what: string): void => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${what}`);

const engines = {
  redis: { missing: redisMissing, start: () => startRedis() },
  postgres: { missing: postgresMissing, start: () => startPostgres() },
};
const wanted = process.argv[2] ?? (redisMissing() === undefined ? "redis" : "postgres");
if (wanted !== "redis" && wanted !== "postgres") throw new Error(`There is no ${wanted} here. Say redis or postgres.`);
const missing = engines[wanted].missing();
if (missing !== undefined) throw new Error(`This needs a server of its own: ${missing}.`);

const engine = await engines[wanted].start();
const chat = await startChat();
say(`${wanted} is up, with every write on the disk before it is acknowledged`);

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly name: string;
  readonly ended: Promise<unknown>;
}
const gateways: Running[] = [];
process.once("exit", () => gateways.forEach(({ child }) => child.kill("SIGKILL")));
async function start(): Promise<Running> {
  const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(new URL("gateway.ts", import.meta.url))], {
    env: {
      PATH: process.env["PATH"],
      STORE_URL: engine.url(),
      CHAT_URL: chat.url,
      CHAT_WEBHOOK_SECRET: secret,
      CHAT_ENDPOINT_SECRET: secret,
      PORT: "0",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on("data", (text: Buffer) => resolve(Number(/:(\d+)/.exec(text.toString())?.[1])));
    child.once("exit", (code) => reject(new Error(`A gateway ended with ${code} before it listened.`)));
  });
  const running = { child, port, name: `gateway ${child.pid}`, ended };
  gateways.push(running);
  say(`${running.name} listens at port ${port}`);
  return running;
}
const doomed = await start();
await start();

// People talk in rooms. A message is said when a gateway has taken it, and the next one of its room comes after it.
const said = Array.from({ length: rooms }, () => 0);
let talking = true;
let turn = 0;
const nextPort = (): number => gateways[turn++ % gateways.length]?.port ?? 0;
const people = said.map(async (_, room) => {
  for (; talking; await sleep(100)) {
    await chat.deliver(`room-${room}`, String(said[room]), nextPort);
    said[room] = (said[room] ?? 0) + 1;
  }
});
const total = (): number => said.reduce((sum, count) => sum + count, 0);
const answered = (): Set<string> => new Set(chat.answers.map(({ room, text }) => `${room} ${text}`));
const unanswered = (): readonly string[] => {
  const done = answered();
  return said
    .flatMap((count, room) => Array.from({ length: count }, (_, n) => `room-${room} ${n}`))
    .filter((one) => !done.has(one));
};
const report = (): void => {
  const by = gateways.map(({ name, child }) => `${name} ${chat.answers.filter((one) => one.by === String(child.pid)).length}`);
  say(`${total()} messages taken; answers: ${by.join(", ")}`);
};
/** Waits until all of them are answered; a minute is more than any lease. */
async function untilAnswered(messages: readonly string[]): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(20)) {
    const done = answered();
    if (messages.every((one) => done.has(one))) return;
  }
}

for (let second = 0; second < 3; second++) {
  await sleep(1000);
  report();
}
doomed.child.kill("SIGKILL");
const killedAt = Date.now();
const left = unanswered();
say(`kill -9 ${doomed.child.pid}: ${left.length} messages were taken and not answered yet`);
await untilAnswered(left);
say(`the other one has taken over: all ${left.length} are answered, the last ${Date.now() - killedAt} ms after the kill`);
report();
await start();
for (let second = 0; second < 3; second++) {
  await sleep(1000);
  report();
}
talking = false;
await Promise.all(people);
await untilAnswered(unanswered());
await sleep(500);
report();

// The proof, from the chat's side. An id that it has seen before is no new message, as receivers of signed webhooks have it.
const seen = [...new Map(chat.answers.map((one) => [one.id, one])).values()];
const lost = unanswered().length;
const doubled = seen.length - answered().size;
const disordered = said.filter((count, room) => {
  const texts = seen.filter((one) => one.room === `room-${room}`).map(({ text }) => text);
  return texts.join() !== Array.from({ length: count }, (_, n) => n).join();
}).length;
const again = chat.answers.length - seen.length;
say(`${total()} messages, ${seen.length} answers; ${again} were sent a second time, under the id that they had`);

for (const { child } of gateways) child.kill("SIGTERM");
await Promise.all(gateways.map(({ ended }) => ended));
await engine.remove();
chat.close();
const well = lost + doubled + disordered === 0;
console.log(`${well ? "Kept" : "BROKEN"}: ${lost} lost, ${doubled} doubled, ${disordered} of ${rooms} rooms out of order.`);
process.exitCode = well ? 0 : 1;
