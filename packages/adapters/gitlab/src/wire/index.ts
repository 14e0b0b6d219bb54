export type { GitlabCall, People, Remark } from "./call.ts";
export { emojiName, emojiOf } from "./emoji.ts";
export { hookKeys, type OwnHook } from "./hook.ts";
export { eventUuid, isMarked, isOwnUuid, marked, markerLength, markerOf, unmarked } from "./marker.ts";
export { internalRoute, noteablePath, projectPath, readThread, writeThread, type Place } from "./place.ts";
export { id, number, present, record, records, text, timeMs } from "./read.ts";
export type { GitlabObject, GitlabPayload, GitlabProject, GitlabUser, Via } from "./shape.ts";
export { readHandle, uploadAt, writeHandle } from "./upload.ts";
