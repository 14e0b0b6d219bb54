import { createServer, type Server } from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPublicFetch, isPublicAddress } from "../../src/host/public.ts";

let canary: Server;
let port: number;
let connections = 0;
const seen: { readonly host: string | undefined; readonly headers: object }[] = [];

beforeAll(async () => {
  canary = createServer(({ headers, url = "" }, response) => {
    seen.push({ host: headers.host, headers });
    const to = /^\/to\?(.*)/.exec(url)?.[1];
    if (to === undefined) response.end("bytes");
    else response.writeHead(302, { location: decodeURIComponent(to) }).end();
  });
  canary.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => canary.listen(0, "::", resolve));
  ({ port } = canary.address() as AddressInfo);
});
afterAll(() => void canary.close());
beforeEach(() => {
  connections = 0;
  seen.length = 0;
});

/** Names of the tests: what they mean is a private address, or one after a public one. */
const names: Readonly<Record<string, readonly string[]>> = {
  "inside.test": ["127.0.0.1"],
  "six.test": ["::1"],
  "mapped.test": ["::ffff:127.0.0.1"],
  "both.test": ["93.184.216.34", "127.0.0.1"],
  "any.test": ["0.0.0.0"],
  "lan.test": ["192.168.0.1"],
  "cloud.test": ["169.254.169.254"],
};
const lookup: LookupFunction = (name, { all }, done) => {
  const found = (names[name] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  if (all) done(null, found);
  else done(null, found[0]?.address ?? "", found[0]?.family);
};

/** Every way to write an address of this machine, or of its neighbours; `PORT` is the canary's. */
const addresses = `
127.0.0.1:PORT 127.1:PORT 127.0.1:PORT 127.255.255.254:PORT 0177.0.0.1:PORT 0x7f.1:PORT 0x7f.0.0.1:PORT 0x7f000001:PORT
2130706433:PORT 017700000001:PORT 0:PORT 0.0.0.0:PORT 127.0.0.1.:PORT 127。0。0。1:PORT １２７.0.0.1:PORT ①②⑦.0.0.1:PORT %31%32%37.0.0.1:PORT
[::1]:PORT [::]:PORT [0:0:0:0:0:0:0:1]:PORT [::ffff:127.0.0.1]:PORT [::ffff:7f00:1]:PORT [::127.0.0.1]:PORT [::ffff:0:127.0.0.1]:PORT
[64:ff9b::7f00:1]:PORT [2002:7f00:1::]:PORT [2001:0:7f00:1::]:PORT [fe80::1]:PORT [fc00::1]:PORT [fd00:ec2::254]:PORT [ff02::1]:PORT
[2001:db8::1]:PORT [100::1]:PORT localhost:PORT LOCALHOST:PORT localhost.:PORT
10.0.0.1 10.255.255.255 100.64.0.1 169.254.169.254 169.254.170.2 0xa9fea9fe 2852039166 172.16.0.1 172.31.255.255 192.0.0.1
192.168.0.1 192.168.1.254:8080 198.18.0.1 198.19.255.255 192.0.2.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
inside.test:PORT six.test:PORT mapped.test:PORT both.test:PORT any.test:PORT lan.test:PORT cloud.test:PORT
anybody@127.0.0.1:PORT a:b@127.0.0.1:PORT www.example.com@127.0.0.1:PORT www.example.com%23@127.0.0.1:PORT 127.0.0.1:PORT#@www.example.com 127.0.0.1:PORT\\@www.example.com`
  .trim()
  .split(/\s+/);
const odd = [
  "file:///etc/passwd",
  "gopher://127.0.0.1:PORT/_x",
  "ftp://127.0.0.1:PORT/",
  "data:text/plain,x",
  "blob:x",
  "no address",
];
const ports = [22, 25, 53, 111, 389, 445].map((low) => `http://93.184.216.34:${low}/`);

const vectors = [...addresses.flatMap((one) => [`http://${one}/`, `https://${one}/`]), ...odd, ...ports];

describe("fetchPublic", () => {
  it(`reliability 35: connects to none of ${vectors.length} addresses that are not of the public internet`, async () => {
    // What the machine's own names mean is the system's to say; names of the tests are ours.
    const get = createPublicFetch({
      platform: "fake",
      lookup: (name, options, done) => (name in names ? lookup(name, options, done) : lookup("inside.test", options, done)),
    });
    const taken: string[] = [];
    for (const vector of vectors) {
      const error = await get(vector.replaceAll("PORT", String(port))).catch((thrown: unknown) => thrown);
      if (!(error instanceof Error) || !("code" in error) || error.code !== "file.refused")
        taken.push(`${vector}: ${String(error)}`);
    }
    expect(taken).toEqual([]);
    expect(connections).toBe(0);
    expect(vectors.length).toBeGreaterThan(60);
  });

  it("reliability 35: follows no redirect to inside, and asks again what a name means at each step", async () => {
    // Here this machine's first address plays the internet.
    const isPublic = (address: string): boolean => address === "127.0.0.1";
    let asked = 0;
    const get = createPublicFetch({
      platform: "fake",
      isPublic,
      lookup: (_, { all }, done) => {
        const address = asked++ === 0 ? "127.0.0.1" : "127.0.0.2";
        if (all) done(null, [{ address, family: 4 }]);
        else done(null, address, 4);
      },
    });
    const at = (host: string, to: string): string => `http://${host}:${port}/to?${encodeURIComponent(to)}`;
    for (const to of [`http://127.0.0.2:${port}/`, `//127.0.0.3:${port}/`, "file:///etc/passwd", `http://[::1]:${port}/`])
      await expect(get(at("127.0.0.1", to))).rejects.toMatchObject({ code: "file.refused" });
    expect(seen.map(({ host }) => host)).toEqual(Array.from({ length: 4 }, () => `127.0.0.1:${port}`));
    // The same name, and another address behind it.
    await expect(get(at("rebound.test", `http://rebound.test:${port}/`))).rejects.toMatchObject({ code: "file.refused" });
    expect([seen.length, asked]).toEqual([5, 2]);
    await expect(get(at("127.0.0.1", `/to?${encodeURIComponent("/")}`))).resolves.toMatchObject({ status: 200 });
    const around = `/to?${encodeURIComponent(`http://127.0.0.1:${port}`)}`;
    const loop = createServer((_, response) => response.writeHead(302, { location: "/" }).end());
    await new Promise<void>((resolve) => loop.listen(0, "127.0.0.1", resolve));
    const { port: turning } = loop.address() as AddressInfo;
    await expect(get(`http://127.0.0.1:${turning}${around}`)).rejects.toThrow("redirected too often");
    loop.close();
  });

  it("brings what is there, with no credentials, and says what cannot be reached", async () => {
    const get = createPublicFetch({ platform: "fake", isPublic: () => true, lookup });
    expect(await (await get(new URL(`http://127.0.0.1:${port}/a`))).text()).toBe("bytes");
    expect(Object.keys(seen[0]?.headers ?? {}).toSorted()).toEqual([
      "accept",
      "accept-encoding",
      "connection",
      "host",
      "user-agent",
    ]);
    const stop = AbortSignal.abort(new Error("enough"));
    await expect(get(`http://127.0.0.1:${port}/a`, { signal: stop })).rejects.toThrow("enough");
    await expect(get("http://127.0.0.1:1024/")).rejects.toThrow("fetch failed");
  });

  it("knows the internet's addresses", () => {
    const isPublic = isPublicAddress();
    const all = ["8.8.8.8", "93.184.216.34", "172.15.255.255", "172.32.0.1", "100.63.255.255", "223.255.255.255"];
    expect([...all, "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"].filter((one) => !isPublic(one))).toEqual([]);
  });
});
