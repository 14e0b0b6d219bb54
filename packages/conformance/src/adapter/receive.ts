import assert from "node:assert/strict";
import type { Delivery } from "@devflow/gateway/contract";
import { isGatewayError, parseAddressKey } from "@devflow/gateway/kit";
import type { AdapterSuiteOptions } from "./options.ts";
import { assertPlain } from "./plain.ts";
import { eachFixture, deliveriesOf, receive, type Statement } from "./subject.ts";

const hasWebhook = ({ webhook }: AdapterSuiteOptions): boolean => webhook !== undefined;

/** What goes into the inbox. */
export const receiveStatements: readonly Statement[] = [
  {
    id: "A-20",
    says: "makes deliveries that can be stored: an id, an account, a lane of its platform, and JSON text that is the payload",
    async check(subject) {
      await eachFixture(subject, (fixture, deliveries, { platform }) => {
        if (fixture.kinds.length > 0) assert.ok(deliveries.length > 0, "no delivery");
        for (const delivery of deliveries) assertStorable(delivery, platform);
      });
    },
  },
  {
    id: "A-21",
    says: "gives a redelivery the id it had, and different things different ids",
    async check(subject) {
      const names = new Map<string, string>();
      await eachFixture(subject, async (fixture, deliveries) => {
        const again = await deliveriesOf(subject, subject.make(), fixture);
        assert.deepEqual(
          again.map(({ id }) => id),
          deliveries.map(({ id }) => id),
          "another id the second time",
        );
        for (const { id } of deliveries) {
          assert.equal(names.get(id), undefined, `shares the id ${id} with "${names.get(id)}"`);
          names.set(id, fixture.name);
        }
      });
    },
  },
  {
    id: "A-22",
    says: "answers a proven request that it cannot read with wire.malformed, naming itself",
    applies: hasWebhook,
    async check(subject) {
      for (const body of ['{"a":', "", "\u0000"]) {
        const adapter = subject.make();
        try {
          const { deliveries } = await receive(subject, adapter, body);
          assert.deepEqual(deliveries, [], `made a delivery of ${JSON.stringify(body)}`);
        } catch (error) {
          assert.ok(isGatewayError(error), `threw ${String(error)} on ${JSON.stringify(body)}`);
          assert.equal(error.code, "wire.malformed");
          assert.ok(error.message.toLowerCase().includes(adapter.platform), `does not name the platform: ${error.message}`);
        }
      }
    },
  },
  {
    id: "A-23",
    says: "survives any JSON in a proven request: deliveries, or wire.malformed",
    applies: hasWebhook,
    async check(subject) {
      for (const body of [
        "null",
        "[]",
        "0",
        '"text"',
        "{}",
        '{"__proto__":{"polluted":true}}',
        `[${"[".repeat(500)}${"]".repeat(500)}]`,
      ]) {
        try {
          const { deliveries } = await receive(subject, subject.make(), body);
          for (const { id, lane } of deliveries) assert.ok(id !== "" && lane !== "");
        } catch (error) {
          assert.ok(isGatewayError(error) && error.code === "wire.malformed", `threw ${String(error)} on ${body.slice(0, 40)}`);
        }
      }
      assert.equal(({} as { polluted?: boolean }).polluted, undefined, "a payload reached Object.prototype");
    },
  },
];

function assertStorable({ id, account, lane, via, body, payload, receivedAt, group }: Delivery, platform: string): void {
  for (const [name, value] of Object.entries({ id, account, lane, via })) {
    assert.ok(
      typeof value === "string" && value !== "" && !value.includes("\u0000"),
      `delivery.${name} is ${JSON.stringify(value)}`,
    );
  }
  assert.ok(
    Buffer.byteLength(`${platform}:${id}`) <= 512 && Buffer.byteLength(lane) <= 512,
    "an id or lane of more than 512 bytes",
  );
  const address = parseAddressKey(lane);
  assert.equal(address.platform, platform, `the lane ${lane} is not an address key of ${platform}`);
  assert.equal(address.account, account, `the lane ${lane} is not of the account ${account}`);
  assertPlain(payload, "payload");
  assert.deepEqual(JSON.parse(body), payload, "`body` is not the JSON of `payload`");
  assert.ok(Number.isFinite(receivedAt) && receivedAt > 0, `receivedAt is ${receivedAt}`);
  if (group) assert.ok(group.id !== "" && group.windowMs > 0, "the group has no id or no window");
}
