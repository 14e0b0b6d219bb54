export { matrix, type MatrixAdapter } from "./adapter.ts";
export type { MatrixOperations } from "./capability.ts";
export type { MatrixOptions } from "./options.ts";
export type { MatrixBody, MatrixEvent, MatrixStep } from "./wire/index.ts";
