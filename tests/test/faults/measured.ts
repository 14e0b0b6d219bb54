import type { TaskMeta } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** What a fault test measured, for the table of all of them. */
    figure?: string;
  }
}

/** Says what a test measured, in the terminal and in the table that `pnpm run faults` prints. */
export function measured(task: { readonly meta: TaskMeta }, figure: string): void {
  task.meta.figure = figure;
  console.log(figure);
}
