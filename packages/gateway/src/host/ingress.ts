import type {
  Adapter,
  AdapterContext,
  Clock,
  Event,
  Observation,
  Observer,
  Question,
  RawRequest,
  Reception,
  VerifiedRequest,
  WireResponse,
} from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import type { Inbox } from "../inbox/index.ts";
import { failureOf, type Failure } from "../kit/failure.ts";
import { redact } from "../kit/secret.ts";
import type { Router } from "../router/index.ts";

/** What answers questions get: less than a handler, for there is hardly time. */
export interface QuestionContext {
  readonly event: Event;
  readonly signal: AbortSignal;
  answer: unknown;
}

export interface IngressDeps {
  readonly adapters: ReadonlyMap<string, Adapter>;
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly observe: Observer;
  readonly answers: Router<QuestionContext>;
  readonly context: (platform: string, signal: AbortSignal) => AdapterContext;
  readonly budgetMs: number;
  readonly maxBodyBytes: number;
  /** False while starting or stopping: platforms are told to come back. */
  readonly open: () => boolean;
  readonly signal: AbortSignal;
}

/** Receives what platforms bring: proves it, reads it, makes it durable, and only then says thanks. */
export interface Ingress {
  /** `POST /webhooks/<platform>`; undefined when the path is another's. */
  webhook(request: RawRequest): Promise<WireResponse> | undefined;
  /** For connections and sites: takes a reception of a platform. */
  sink(platform: string): (reception: Reception) => Promise<WireResponse>;
}

const path = /^(?:\/(?!\.{1,2}\/)[\w.~-]+)*\/webhooks\/([a-z][a-z0-9-]{0,31})$/;
const notAllowed: WireResponse = { status: 405, headers: { allow: "POST" } };
/** What a platform hears that is to deliver again. */
export const later: WireResponse = { status: 503, headers: { "retry-after": "5" }, body: "try again" };

export function createIngress(deps: IngressDeps): Ingress {
  const { clock, observe, inbox } = deps;

  const answer = async (platform: string, question: Question): Promise<ReturnType<Question["respond"]>> => {
    const [handler] = deps.answers.find(question.event);
    if (!handler) return question.respond(undefined);
    const abort = new AbortController();
    const context: QuestionContext = { event: question.event, signal: abort.signal, answer: undefined };
    const started = clock.now();
    let failure: Failure | undefined;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(question.deadlineMs, () => {
        const detail = `The answer to ${question.event.kind} took longer than ${question.deadlineMs} ms.`;
        failure = { code: "handler.timeout", detail };
        abort.abort(new GatewayError("handler.timeout", detail));
        resolve();
      });
      deps.answers
        .run(context, [handler])
        .catch((error: unknown) => (failure = failureOf(error)))
        .finally(() => {
          cancel();
          resolve();
        });
    });
    observe({
      step: "question.answered",
      level: failure ? "error" : "debug",
      at: clock.now(),
      platform,
      account: question.event.account,
      id: question.event.id,
      kind: question.event.kind,
      durationMs: clock.now() - started,
      ...failure,
    });
    return question.respond(failure ? undefined : context.answer);
  };

  /** `store` bounds how long the inbox may take. */
  const take = async (
    platform: string,
    reception: Reception,
    store: (work: Promise<void>) => Promise<void> = (work) => work,
  ): Promise<WireResponse> => {
    let { response = { status: 200 } } = reception;
    if (reception.question) {
      const answered = await answer(platform, reception.question);
      response = answered.response;
      if (!answered.accept) return response;
    }
    if (reception.deliveries.length > 0) await store(inbox.accept(platform, reception.deliveries));
    return response;
  };

  const receive = async (adapter: Adapter, request: RawRequest): Promise<WireResponse> => {
    const { platform } = adapter;
    const started = clock.now();
    const context = deps.context(platform, deps.signal);
    const note = (fields: Pick<Observation, "step" | "level"> & Partial<Observation>): void =>
      observe({ at: clock.now(), platform, durationMs: clock.now() - started, ...fields });
    const webhook = adapter.transports.webhook;
    if (!webhook) return { status: 404 };
    // A question has a deadline of its own; only what is ours counts against the budget.
    const inTime = <T>(work: Promise<T> | T): Promise<T> => within(work, deps.budgetMs, platform, clock);
    try {
      const verdict = await inTime(webhook.verifier.verify(request, context));
      if ("answer" in verdict) return verdict.answer;
      if (request.method !== "POST") return notAllowed;
      if (!verdict.proven) {
        note({ step: "webhook.refused", level: "warn", code: "verify.failed", detail: redact(verdict.reason), status: 401 });
        return { status: 401, body: "not verified" };
      }
      const { method, url, body, receivedAt } = request;
      const { account } = verdict;
      // A plain copy: the class of an object that inherits from the request would keep it alive until a full collection.
      const copy = { method, url, header: (name: string) => request.header(name), body, receivedAt };
      const verified = (account === undefined ? copy : { ...copy, account }) as VerifiedRequest;
      const response = await take(platform, await inTime(webhook.receive(verified, context)), inTime);
      note({ step: "webhook.answered", level: "debug", status: response.status });
      return response;
    } catch (error) {
      const failure = failureOf(error, "platform.failed");
      const malformed = failure.code === "wire.malformed";
      note({ step: "webhook.refused", level: malformed ? "warn" : "error", ...failure, status: malformed ? 400 : 503 });
      return malformed ? { status: 400, body: "malformed" } : later;
    }
  };

  const tooLarge = (platform: string): WireResponse => {
    const detail = `A webhook is larger than ${deps.maxBodyBytes} bytes: raise webhook.maxBodyBytes of createGateway.`;
    observe({ step: "webhook.refused", level: "warn", at: clock.now(), platform, code: "wire.oversized", detail, status: 413 });
    return { status: 413 };
  };

  return {
    webhook(request) {
      const query = request.url.indexOf("?");
      const name = path.exec(query < 0 ? request.url : request.url.slice(0, query))?.[1];
      if (name === undefined) return undefined;
      const adapter = deps.adapters.get(name);
      if (!adapter?.transports.webhook) return Promise.resolve({ status: 404, body: "no such platform" });
      // Some platforms probe by GET before they deliver: the verifier alone knows what to answer.
      if (request.method !== "POST" && request.method !== "GET") return Promise.resolve(notAllowed);
      if (request.body.byteLength > deps.maxBodyBytes || Number(request.header("content-length")) > deps.maxBodyBytes)
        return Promise.resolve(tooLarge(name));
      if (!deps.open()) return Promise.resolve(later);
      return receive(adapter, request);
    },
    sink: (platform) => (reception) => {
      if (!deps.open())
        return Promise.reject(
          new GatewayError("gateway.closed", `The gateway takes nothing from ${platform} while it stops.`, {
            platform,
            retryable: true,
          }),
        );
      return take(platform, reception);
    },
  };
}

/** A store that stalls must not keep the platform waiting until it gives up on us: it is told to come back, and what arrives twice is known. */
function within<T>(work: Promise<T> | T, budgetMs: number, platform: string, clock: Clock): Promise<T> {
  if (!(work instanceof Promise)) return Promise.resolve(work);
  return new Promise((resolve, reject) => {
    const cancel = clock.after(budgetMs, () =>
      reject(
        new GatewayError(
          "store.unavailable",
          `A delivery of ${platform} was not safe within ${budgetMs} ms, and ${platform} was told to deliver it again. Is the store overloaded?`,
          { platform, retryable: true },
        ),
      ),
    );
    work.then(resolve, reject).finally(cancel);
  });
}
