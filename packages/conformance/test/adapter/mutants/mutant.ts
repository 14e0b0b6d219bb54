import type { Adapter, Delivery, Event, WebhookTransport } from "@devflow/gateway/contract";

/** An adapter that is wrong in one way, and the statement that must notice. */
export type Mutant = readonly [what: string, statement: string, change: (adapter: Adapter, apiUrl: string) => Partial<Adapter>];

type Send = Adapter["sender"]["send"];
type Normalize = Adapter["normalizer"]["normalize"];
type Verify = WebhookTransport["verifier"]["verify"];
type Receive = WebhookTransport["receive"];

function webhookOf({ transports }: Adapter): WebhookTransport {
  if (!transports.webhook) throw new Error("the fake platform has a webhook");
  return transports.webhook;
}

/** Changes entries of the table. */
export const table = (adapter: Adapter, changes: object): Partial<Adapter> => ({
  capabilities: () => ({ ...adapter.capabilities(), ...changes }),
});

/** Verifies in another way; `right` is the honest verifier. */
export const verifying =
  (verify: (right: Verify, ...args: Parameters<Verify>) => ReturnType<Verify>): Mutant[2] =>
  (adapter) => {
    const { verifier, receive } = webhookOf(adapter);
    return { transports: { webhook: { receive, verifier: { verify: (...args) => verify(verifier.verify, ...args) } } } };
  };

/** Receives in another way. */
export const receiving =
  (receive: (right: Receive, ...args: Parameters<Receive>) => ReturnType<Receive>): Mutant[2] =>
  (adapter) => {
    const webhook = webhookOf(adapter);
    return { transports: { webhook: { ...webhook, receive: (...args) => receive(webhook.receive, ...args) } } };
  };

/** Changes fields of every delivery. */
export const delivering = (change: (delivery: Delivery) => object): Mutant[2] =>
  receiving(async (right, ...args) => {
    const reception = await right(...args);
    return { ...reception, deliveries: reception.deliveries.map((delivery) => ({ ...delivery, ...change(delivery) })) };
  });

/** Normalizes in another way. */
export const normalizing =
  (normalize: (right: Normalize, ...args: Parameters<Normalize>) => ReturnType<Normalize>): Mutant[2] =>
  (adapter) => ({
    normalizer: { needsIdentity: false, normalize: (...args) => normalize(adapter.normalizer.normalize, ...args) },
  });

/** Changes fields of every event. */
export const events = (change: (event: Event) => object): Mutant[2] =>
  normalizing((right, ...args) => right(...args).map((event) => ({ ...event, ...change(event) })));

/** Formats in another way. */
export const formatting =
  (changes: (formatter: Adapter["formatter"]) => Partial<Adapter["formatter"]>): Mutant[2] =>
  ({ formatter }) => ({ formatter: { ...formatter, ...changes(formatter) } });

/** Sends in another way. */
export const sending =
  (send: (right: Send, ...args: Parameters<Send>) => ReturnType<Send>): Mutant[2] =>
  ({ sender }) => ({ sender: { send: (...args) => send(sender.send, ...args) } });

/** Changes fields of every error that the sender throws. */
export const failing = (changes: object): Mutant[2] =>
  sending((right, ...args) => right(...args).catch((error: Error) => Promise.reject(Object.assign(error, changes))));
