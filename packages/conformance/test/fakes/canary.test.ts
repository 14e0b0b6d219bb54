import { describe, expect, it } from "vitest";
import { canaries, fakeLogger, leaks } from "@devflow/conformance";

const secrets = canaries("BOT_TOKEN", { ODD: 'p@ss/word+="quoted"\\and ümlaut' });
const token = secrets["BOT_TOKEN"] ?? "";
const odd = secrets["ODD"] ?? "";

describe("leaks", () => {
  it.each([
    ["raw", `https://api.example/bot${token}/send`, "BOT_TOKEN (raw)"],
    ["cut", `token …${token.slice(-18)}`, "BOT_TOKEN (cut)"],
    ["base64", Buffer.from(token).toString("base64"), "BOT_TOKEN (base64)"],
    ["base64 behind another text", `Basic ${Buffer.from(`user:${token}`).toString("base64")}`, "BOT_TOKEN (base64)"],
    ["base64url", Buffer.from(`{"t":"${token}"}`).toString("base64url"), "BOT_TOKEN (base64)"],
    ["percent-encoded", `?secret=${encodeURIComponent(odd)}`, "ODD (percent-encoded)"],
    ["JSON-escaped", JSON.stringify({ odd }), "ODD (JSON-escaped)"],
    ["hexadecimal", Buffer.from(token).toString("hex"), "BOT_TOKEN (hexadecimal)"],
  ])("finds a secret: %s", (_, text, expected) => {
    expect(leaks(text, secrets)).toContain(expected);
  });

  it("finds nothing where there is nothing", () => {
    expect(leaks("slack: BOT_TOKEN is missing. Set SLACK_BOT_TOKEN. [secret]", secrets)).toEqual([]);
  });

  it("finds a secret in the cause of a logged error", () => {
    const log = fakeLogger();
    log.error({ error: new Error("send failed", { cause: { request: { headers: { a: [[token]] } } } }) }, "failed");
    expect(leaks(log.text(), secrets)).toContain("BOT_TOKEN (raw)");
  });
});
