import type { Observation, Observer } from "../contract/index.ts";

type Attributes = Record<string, string | number>;

/** The part of `@opentelemetry/api` that is used; hand in the package's namespace. */
export interface OpenTelemetryApi {
  readonly trace: {
    getTracer(name: string): {
      startSpan(
        name: string,
        options: { startTime: number; attributes: Attributes },
      ): { setStatus(status: { code: number; message?: string }): unknown; end(endTime: number): void };
    };
  };
  readonly metrics: {
    getMeter(name: string): {
      createCounter(name: string, options?: { description?: string }): { add(value: number, attributes: Attributes): void };
      createHistogram(
        name: string,
        options?: { description?: string; unit?: string },
      ): { record(value: number, attributes: Attributes): void };
    };
  };
}

const scope = "@devflow/gateway";
const statusError = 2;
const ends: ReadonlySet<string> = new Set([
  "event.handled",
  "event.failed",
  "operation.sent",
  "operation.failed",
  "webhook.answered",
  "webhook.refused",
  "question.answered",
]);

/**
 * An observer that reports to OpenTelemetry: `import * as api from "@opentelemetry/api"` and
 * `createGateway({ observe: openTelemetry(api) })`. Every step is counted (`devflow.steps`), every step that ends something is
 * timed (`devflow.duration`) and is a span of its own, tied to its cause by attributes.
 */
export function openTelemetry(api: OpenTelemetryApi): Observer {
  const tracer = api.trace.getTracer(scope);
  const meter = api.metrics.getMeter(scope);
  const steps = meter.createCounter("devflow.steps", { description: "Steps of events and operations" });
  const duration = meter.createHistogram("devflow.duration", {
    description: "Time from the start of a step to its end",
    unit: "ms",
  });
  return (observation) => {
    const labels = pick(observation, ["step", "platform", "kind", "code"]);
    steps.add(1, labels);
    if (observation.durationMs === undefined || !ends.has(observation.step)) return;
    duration.record(observation.durationMs, labels);
    const span = tracer.startSpan(observation.step.slice(0, observation.step.indexOf(".")), {
      startTime: observation.at - observation.durationMs,
      attributes: pick(observation, [
        "step",
        "platform",
        "account",
        "conversation",
        "kind",
        "id",
        "cause",
        "attempt",
        "code",
        "status",
      ]),
    });
    if (observation.level === "warn" || observation.level === "error")
      span.setStatus({ code: statusError, ...(observation.code ? { message: observation.code } : {}) });
    span.end(observation.at);
  };
}

function pick(observation: Observation, fields: readonly (keyof Observation)[]): Attributes {
  const attributes: Attributes = {};
  for (const field of fields) {
    const value = observation[field];
    if (value !== undefined) attributes[`devflow.${field}`] = value;
  }
  return attributes;
}
