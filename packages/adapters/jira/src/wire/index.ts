export { audienceOf, readRoute, writeRoute, type Audience } from "./audience.ts";
export { deletedKey, markerKey, pathOf, writtenKey, type JiraCall } from "./call.ts";
export { browseUrl, isIssueKey, isProjectKey, noProject, projectOf } from "./key.ts";
export { own, record, records, text, texts, timeMs } from "./read.ts";
