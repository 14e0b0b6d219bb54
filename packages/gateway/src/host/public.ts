import type { LookupFunction } from "node:net";
import type { AdapterContext } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { send } from "./fetch.ts";

const redirects = 5;

/** All that is not the public internet, and what leads back from it to IPv4. Source: IANA's special-purpose address registries. */
const inside4 =
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3";
const inside6 = "2001::/23 2001:db8::/32 2002::/16 3fff::/20";
const public6 = "2000::/3";

/** Says whether an IP address is one of the public internet. */
export type IsPublic = (address: string) => boolean;

/** What {@link createPublicFetch} is told; tests have names and networks of their own. */
export interface PublicFetchDeps {
  /** Named in refusals. */
  readonly platform: string;
  readonly lookup?: LookupFunction;
  readonly isPublic?: IsPublic;
}

/**
 * Makes the `fetchPublic` of adapters. A name is checked when it has become addresses, and the connection goes to one of those:
 * what a name meant before, or will mean later, does not matter. No connection is kept, and no proxy is used.
 */
export function createPublicFetch(deps: PublicFetchDeps): AdapterContext["fetchPublic"] {
  let known = deps.isPublic;
  const isPublic: IsPublic = (address) => (known ??= isPublicAddress())(address);
  const refuse = (what: string): GatewayError =>
    new GatewayError("file.refused", `${deps.platform}: a file is not fetched: ${what}.`, { platform: deps.platform });
  const inside = (): GatewayError =>
    refuse("its address is in a private network. createGateway({ privateNetworks: true }) allows that");
  const lookup: LookupFunction = (name, options, done) => {
    const resolve = deps.lookup ?? process.getBuiltinModule("node:dns").lookup;
    resolve(name, options, (error, found, family) => {
      const all = typeof found === "string" ? [found] : (found?.map(({ address }) => address) ?? []);
      done(error ?? (all.every(isPublic) ? null : inside()), found, family);
    });
  };
  const accept = (url: URL | null): URL => {
    if (url === null || !/^https?:$/.test(url.protocol)) throw refuse("its address is neither http nor https");
    if (url.username !== "" || url.password !== "") throw refuse("its address has a password in it");
    // Below 1024 are services that do not speak HTTP, but may understand a line of it.
    if (url.port !== "" && Number(url.port) < 1024) throw refuse(`port ${url.port} is not one of web pages`);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (process.getBuiltinModule("node:net").isIP(host) !== 0 && !isPublic(host)) throw inside();
    return url;
  };
  return async (address, { signal } = {}) => {
    let url = accept(URL.parse(String(address)));
    for (let step = 0; step <= redirects; step++) {
      const response = await reach(url, lookup, signal);
      const location = [301, 302, 303, 307, 308].includes(response.status) ? response.headers.get("location") : null;
      if (location === null) return response;
      await response.body?.cancel();
      const next = accept(URL.parse(location, url.href));
      if (url.protocol === "https:" && next.protocol === "http:")
        throw refuse("it is redirected to where anybody can read along");
      url = next;
    }
    throw refuse("it is redirected too often");
  };
}

async function reach(url: URL, lookup: LookupFunction, signal: AbortSignal | undefined): Promise<Response> {
  const headers = { accept: "*/*", "accept-encoding": "identity", "user-agent": "node" };
  try {
    return await send({
      url,
      method: "GET",
      headers,
      body: undefined,
      redirect: "manual",
      signal,
      connection: { agent: false, lookup },
    });
  } catch (error) {
    const { cause } = error as { readonly cause?: unknown };
    throw cause instanceof GatewayError ? cause : error;
  }
}

/** The addresses of the internet, and none of the many forms of others. */
export function isPublicAddress(): IsPublic {
  const { BlockList, isIPv4 } = process.getBuiltinModule("node:net");
  const listed = (networks: string, family: "ipv4" | "ipv6"): InstanceType<typeof BlockList> => {
    const list = new BlockList();
    for (const network of networks.split(" ")) {
      const [address = "", bits] = network.split("/");
      list.addSubnet(address, Number(bits), family);
    }
    return list;
  };
  const no4 = listed(inside4, "ipv4");
  const no6 = listed(inside6, "ipv6");
  const yes6 = listed(public6, "ipv6");
  return (address) =>
    isIPv4(address) ? !no4.check(address, "ipv4") : yes6.check(address, "ipv6") && !no6.check(address, "ipv6");
}
