export { downloadMedia, uploadMedia } from "./media.ts";
export { createNumbers, type Numbers, type Request } from "./numbers.ts";
