// One process of a run: it opens a queue and adds jobs to it, or works on them. Started by `fork` with its order as argument.
import { hrtime } from "node:process";

const { driver, url, role, jobs, keys, inFlight, concurrency } = JSON.parse(process.argv[2]);
const { open } = await import(`./${driver}.mjs`);
const queue = await open(url);
const nowUs = () => Number(hrtime.bigint() / 1000n);
const spentUs = () => process.cpuUsage().user + process.cpuUsage().system;

if (role === "produce") {
  await queue.prepare();
  const filler = "x".repeat(400);
  const latencies = [];
  const began = nowUs();
  const before = spentUs();
  // Keys are dealt out to lines, and a line goes on when its job is durable: jobs of a key are added in their order.
  const line = async (first) => {
    for (let key = first, n = 0; n * keys < jobs; key + inFlight < keys ? (key += inFlight) : ((key = first), n++)) {
      const from = nowUs();
      await queue.add({ key: `k${key}`, id: `${key}-${n}`, payload: JSON.stringify({ key, n, filler }) });
      latencies.push(nowUs() - from);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, index) => line(index)));
  const wallUs = nowUs() - began;
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.floor(latencies.length * share)] / 1000;
  process.send({ added: latencies.length, wallUs, cpuUs: spentUs() - before, p50Ms: at(0.5), p99Ms: at(0.99) });
} else {
  const runs = [];
  const before = spentUs();
  await queue.work(concurrency, async (payload) => {
    const { key, n } = JSON.parse(payload);
    const from = nowUs();
    await new Promise((resolve) => setImmediate(resolve));
    runs.push([key, n, from, nowUs()]);
  });
  process.send({ ready: true });
  const timer = setInterval(() => process.send({ done: runs.length }), 50);
  process.on("message", () => {
    clearInterval(timer);
    process.send({ runs, cpuUs: spentUs() - before });
  });
  await new Promise((resolve) => process.on("disconnect", resolve));
}
await Promise.race([queue.close(), new Promise((resolve) => setTimeout(resolve, 3000))]);
process.exit(0);
