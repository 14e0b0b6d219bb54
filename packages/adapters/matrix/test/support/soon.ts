import { expect } from "vitest";

/** Expects something to become so, on a machine that may be busy. */
export const soon = <T>(read: () => T): ReturnType<typeof expect.poll<T>> => expect.poll(read, { timeout: 15_000 });
