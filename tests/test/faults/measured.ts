import type { TaskMeta } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** What a fault test measured, for the table of all of them. */
    figure?: string;
  }
}

/** What a busy machine may take on top of the time that is promised; the figures show what it took. */
export const busyMs = 10_000;

/** Says what a test measured, in the terminal and in the table that `pnpm run faults` prints. */
export function measured(task: { readonly meta: TaskMeta }, figure: string): void {
  task.meta.figure = figure;
  console.log(figure);
}
