export { cleanText } from "./entity.ts";
export { parseMarkdown } from "./parse.ts";
export type { ParseOptions } from "./scope.ts";
export { printMarkdown, type PrintOptions } from "./print/index.ts";
export { flattened, foreign, mentionText } from "../inline.ts";
export { plainText } from "../text.ts";
