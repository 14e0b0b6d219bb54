import type { Address } from "../contract/index.ts";

/**
 * The one spelling of an address, for keys: platform, account, room and thread, each escaped so that no value can pose as
 * two. `route` is left out.
 */
export function addressKey(address: Address): string {
  const { platform, account, room, thread } = address;
  // The rule: nothing to escape.
  if (!special.test(platform + account + room + (thread ?? ""))) {
    const plain = `${platform}/${account}/${room}`;
    return thread === undefined ? plain : `${plain}/${thread}`;
  }
  const base = `${part(address.platform)}/${part(address.account)}/${part(address.room)}`;
  return address.thread === undefined ? base : `${base}/${part(address.thread)}`;
}

/** The address that {@link addressKey} spelled. */
export function parseAddressKey(key: string): Address {
  const [platform = "", account = "", room = "", thread] = key.split("/").map(decodeURIComponent);
  return thread === undefined ? { platform, account, room } : { platform, account, room, thread };
}

const special = /[%/\u0000-\u001f]/;
const everySpecial = new RegExp(special, "g");

function part(value: string): string {
  return value.replace(everySpecial, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
