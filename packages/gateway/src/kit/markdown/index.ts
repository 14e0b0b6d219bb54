export { cleanText } from "./entity.ts";
export { parseMarkdown } from "./parse.ts";
export { flattened, foreign, mentionText, plainText } from "../text.ts";
