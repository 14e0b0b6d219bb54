export { readValues, writeValues } from "./button.ts";
export type { GithubCall, GithubObject, GithubPayload, ListEdit } from "./call.ts";
export { isMarked, isMarkedBy, marked, markerLength, unmarked } from "./marker.ts";
export { placeOf, placeOfKey, type Place } from "./place.ts";
export { reactionList, reactionOf } from "./reaction.ts";
export { idOf, known, number, record, records, text, timeOf } from "./read.ts";
