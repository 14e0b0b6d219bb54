import * as api from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { openTelemetry } from "@devflow/gateway";
import { afterEach, describe, expect, it } from "vitest";
import { rig } from "./harness.ts";

afterEach(() => {
  api.trace.disable();
  api.metrics.disable();
});

describe("OpenTelemetry, with its own SDK", () => {
  it("gets a span for every step that ends something, timed, tied to its cause, and counts of every step", async () => {
    const spans = new InMemorySpanExporter();
    api.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
    const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 });
    const meters = new MeterProvider({ readers: [reader] });
    api.metrics.setGlobalMeterProvider(meters);

    const { gateway, fake, hear, clock } = await rig({ observe: openTelemetry(api) });
    gateway.on("message.created", async (c) => {
      await new Promise<void>((resolve) => clock.after(500, resolve));
      await c.reply("secret words");
      if (c.attempt === 1) throw new Error("first time");
    });
    fake.script({ status: 500 });
    await hear({ id: "d1", text: "secret words" });
    await clock.until(() => fake.messages.length === 1);
    await clock.advance(1000);

    const found = spans.getFinishedSpans();
    const named = (step: string) => found.filter(({ attributes }) => attributes["devflow.step"] === step);
    expect(named("webhook.answered")[0]).toMatchObject({ name: "webhook", attributes: { "devflow.status": 200 } });
    expect(named("event.failed")[0]).toMatchObject({ status: { code: api.SpanStatusCode.ERROR, message: "handler.failed" } });
    const handled = named("event.handled")[0];
    expect(handled?.attributes).toMatchObject({
      "devflow.id": "fake:d1",
      "devflow.kind": "message.created",
      "devflow.platform": "fake",
      "devflow.account": "main",
      "devflow.attempt": 2,
    });
    expect(handled?.duration).toEqual([0, 500_000_000]);
    expect(named("operation.failed")).toHaveLength(1);
    expect(named("operation.sent")[0]?.attributes).toMatchObject({ "devflow.cause": "fake:d1", "devflow.kind": "message.post" });
    expect(JSON.stringify(found.map(({ attributes, status }) => [attributes, status]))).not.toContain("secret words");

    await meters.forceFlush();
    const series = metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    const steps = series.find(({ descriptor }) => descriptor.name === "devflow.steps");
    const count = (step: string) =>
      steps?.dataPoints
        .filter(({ attributes }) => attributes["devflow.step"] === step)
        .reduce((n, { value }) => n + Number(value), 0);
    expect([count("delivery.stored"), count("event.started"), count("event.handled"), count("operation.sent")]).toEqual([
      1, 2, 1, 1,
    ]);
    const duration = series.find(({ descriptor }) => descriptor.name === "devflow.duration");
    expect(duration?.descriptor.unit).toBe("ms");
    // Ids and accounts would make a series of each: metrics carry neither.
    expect(
      steps?.dataPoints.every(({ attributes }) => !("devflow.id" in attributes) && !("devflow.conversation" in attributes)),
    ).toBe(true);
    await meters.shutdown();
    await gateway.stop();
  });
});
