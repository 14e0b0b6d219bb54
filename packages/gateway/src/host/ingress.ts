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
import { GatewayError, isGatewayError } from "../error.ts";
import type { Inbox } from "../inbox/index.ts";
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

const path = /^(?:\/[A-Za-z0-9_-]+)*\/webhooks\/([a-z][a-z0-9-]{0,31})$/;
const later: WireResponse = { status: 503, headers: { "retry-after": "5" }, body: "try again" };

export function createIngress(deps: IngressDeps): Ingress {
  const { clock, observe, inbox } = deps;

  const answer = async (platform: string, question: Question): Promise<ReturnType<Question["respond"]>> => {
    const [handler] = deps.answers.find(question.event);
    if (!handler) return question.respond(undefined);
    const abort = new AbortController();
    const context: QuestionContext = { event: question.event, signal: abort.signal, answer: undefined };
    const started = clock.now();
    let code: string | undefined;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(question.deadlineMs, () => {
        code = "handler.timeout";
        abort.abort(
          new GatewayError("handler.timeout", `The answer to ${question.event.kind} took longer than ${question.deadlineMs} ms.`),
        );
        resolve();
      });
      deps.answers
        .run(context, [handler])
        .catch((error: unknown) => (code = redact(`handler.failed: ${String(error)}`)))
        .finally(() => {
          cancel();
          resolve();
        });
    });
    observe({
      step: "question.answered",
      level: code ? "error" : "debug",
      at: clock.now(),
      platform,
      account: question.event.account,
      id: question.event.id,
      kind: question.event.kind,
      durationMs: clock.now() - started,
      ...(code ? { code } : {}),
    });
    return question.respond(code ? undefined : context.answer);
  };

  const take = async (platform: string, reception: Reception): Promise<WireResponse> => {
    let { response = { status: 200 } } = reception;
    if (reception.question) {
      const answered = await answer(platform, reception.question);
      response = answered.response;
      if (!answered.accept) return response;
    }
    if (reception.deliveries.length > 0) await inbox.accept(platform, reception.deliveries);
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
    try {
      const verdict = await webhook.verifier.verify(request, context);
      if ("answer" in verdict) return verdict.answer;
      if (!verdict.proven) {
        note({ step: "webhook.refused", level: "warn", code: "verify.failed", detail: redact(verdict.reason), status: 401 });
        return { status: 401, body: "not verified" };
      }
      const verified = Object.assign(
        Object.create(request) as VerifiedRequest,
        verdict.account === undefined ? {} : { account: verdict.account },
      );
      const response = await take(platform, await webhook.receive(verified, context));
      note({ step: "webhook.answered", level: "debug", status: response.status });
      return response;
    } catch (error) {
      const code = isGatewayError(error) ? error.code : "platform.failed";
      const detail = redact(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
      const malformed = code === "wire.malformed";
      note({ step: "webhook.refused", level: malformed ? "warn" : "error", code, detail, status: malformed ? 400 : 503 });
      return malformed ? { status: 400, body: "malformed" } : later;
    }
  };

  return {
    webhook(request) {
      const query = request.url.indexOf("?");
      const name = path.exec(query < 0 ? request.url : request.url.slice(0, query))?.[1];
      if (name === undefined) return undefined;
      const adapter = deps.adapters.get(name);
      if (!adapter?.transports.webhook) return Promise.resolve({ status: 404, body: "no such platform" });
      if (request.method !== "POST") return Promise.resolve({ status: 405, headers: { allow: "POST" } });
      if (request.body.byteLength > deps.maxBodyBytes) return Promise.resolve({ status: 413 });
      if (!deps.open()) return Promise.resolve(later);
      return within(receive(adapter, request), deps.budgetMs, clock);
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
function within(work: Promise<WireResponse>, budgetMs: number, clock: Clock): Promise<WireResponse> {
  return new Promise((resolve) => {
    const cancel = clock.after(budgetMs, () => resolve(later));
    void work.then((response) => {
      cancel();
      resolve(response);
    });
  });
}
