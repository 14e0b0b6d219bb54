import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createHmac } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@devflow/gateway/kit";

/** A Python that can import Synapse; without it, tests that need a homeserver are skipped. */
export const python: string | undefined = process.env.DEVFLOW_SYNAPSE;

const sharedSecret = "for-this-test-alone";

/** A homeserver of our own on this machine. It reaches nothing but loopback. */
export interface Homeserver extends AsyncDisposable {
  /** Base address of its Client-Server API. */
  readonly url: string;
  /** Its server name, `localhost:<port>`, where others of these federate with it over TLS. */
  readonly name: string;
  /** Makes a user and logs them in. */
  register(user: string): Promise<Person>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
}

/** A user at their client. */
export interface Person {
  readonly id: string;
  readonly token: string;
  /** Makes a request of the Client-Server API; rejects when it is refused. `path` is behind `/_matrix/client/v3`. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<JsonObject>;
  /** Says something; resolves to the event's id. */
  say(room: string, content: JsonObject | string, type?: string): Promise<string>;
  /** Waits until an event of the room's newest is right, and returns it. */
  sees(room: string, wanted: (event: JsonObject) => boolean): Promise<JsonObject>;
  /** The newest events of a room, oldest first. */
  newest(room: string): Promise<readonly JsonObject[]>;
}

const certificate = `
import sys, datetime
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
now = datetime.datetime(2025, 1, 1)
cert = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    .not_valid_before(now).not_valid_after(now + datetime.timedelta(days=36500)).sign(key, hashes.SHA256()))
open(sys.argv[1] + "/tls.key", "wb").write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
open(sys.argv[1] + "/tls.crt", "wb").write(cert.public_bytes(serialization.Encoding.PEM))
`;

/** Starts a {@link Homeserver}. `configure` adds to its configuration, given its folder. */
export async function homeserver(configure: JsonObject = {}): Promise<Homeserver> {
  const folder = await mkdtemp(join(tmpdir(), "synapse-"));
  const [port, federation] = [await freePort(), await freePort()];
  const name = `localhost:${federation}`;
  const url = `http://127.0.0.1:${port}`;
  const made = spawnSync(python ?? "", ["-c", certificate, folder], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`No certificate: ${made.stderr}`);
  const fast = { per_second: 10_000, burst_count: 10_000 };
  // YAML takes JSON.
  const config = {
    server_name: name,
    listeners: [
      { port, type: "http", bind_addresses: ["127.0.0.1"], resources: [{ names: ["client"] }] },
      { port: federation, type: "http", tls: true, bind_addresses: ["127.0.0.1"], resources: [{ names: ["federation"] }] },
    ],
    tls_certificate_path: join(folder, "tls.crt"),
    tls_private_key_path: join(folder, "tls.key"),
    database: { name: "sqlite3", args: { database: join(folder, "homeserver.db") } },
    media_store_path: join(folder, "media"),
    signing_key_path: join(folder, "signing.key"),
    registration_shared_secret: sharedSecret,
    macaroon_secret_key: sharedSecret,
    form_secret: sharedSecret,
    report_stats: false,
    trusted_key_servers: [],
    ip_range_blacklist: [],
    federation_verify_certificates: false,
    presence: { enabled: false },
    rc_message: fast,
    rc_login: { address: fast, account: fast, failed_attempts: fast },
    rc_joins: { local: fast, remote: fast },
    rc_joins_per_room: fast,
    rc_invites: { per_room: fast, per_user: fast, per_issuer: fast },
    rc_room_creation: fast,
    ...configure,
  };
  const file = join(folder, "homeserver.yaml");
  const log = join(folder, "log");
  await writeFile(file, JSON.stringify(config));
  const run = ["-m", "synapse.app.homeserver", "-c", file];
  const keys = spawnSync(python ?? "", [...run, "--generate-keys"], { cwd: folder, encoding: "utf8" });
  if (keys.status !== 0) throw new Error(`No keys: ${keys.stderr}`);
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const out = openSync(log, "a");
    child = spawn(python ?? "", run, { cwd: folder, stdio: ["ignore", out, out] });
    closeSync(out);
    for (let tries = 0; ; tries++) {
      const up = await fetch(`${url}/_matrix/client/versions`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (up) return;
      if (child.exitCode !== null || tries > 600) throw new Error(`Synapse does not start: ${await readFile(log, "utf8")}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child?.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  await start();
  return {
    url,
    name,
    start,
    kill,
    async register(user) {
      const path = `${url}/_synapse/admin/v1/register`;
      const { nonce } = (await (await fetch(path)).json()) as { nonce: string };
      const mac = createHmac("sha1", sharedSecret).update([nonce, user, "secret", "notadmin"].join("\0")).digest("hex");
      const body = JSON.stringify({ nonce, username: user, password: "secret", admin: false, mac, displayname: user });
      const answer = (await (await fetch(path, { method: "POST", body })).json()) as { user_id: string; access_token: string };
      return person(url, answer.user_id, answer.access_token);
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}

let transactions = 0;

function person(url: string, id: string, token: string): Person {
  const ask: Person["ask"] = async (method, path, body, headers = {}) => {
    const raw = body instanceof Uint8Array;
    const answer = await fetch(`${url}/_matrix/client/v3${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body: raw ? Buffer.from(body) : JSON.stringify(body) }),
    });
    const said = (await answer.json()) as JsonObject;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(said)}`);
    return said;
  };
  const newest: Person["newest"] = async (room) => {
    const { chunk } = await ask("GET", `/rooms/${encodeURIComponent(room)}/messages?dir=b&limit=50`);
    return (chunk as JsonObject[]).toReversed();
  };
  return {
    id,
    token,
    ask,
    newest,
    async say(room, content, type = "m.room.message") {
      const body = typeof content === "string" ? { msgtype: "m.text", body: content } : content;
      const made = await ask("PUT", `/rooms/${encodeURIComponent(room)}/send/${type}/test-${++transactions}`, body);
      return String(made.event_id);
    },
    async sees(room, wanted) {
      for (let tries = 0; tries < 200; tries++) {
        const events = await newest(room).catch(() => []);
        const found = events.findLast(wanted);
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(
        `Not seen by ${id}: ${JSON.stringify((await newest(room)).map(({ type, content }) => ({ type, content })))}`,
      );
    },
  };
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}
