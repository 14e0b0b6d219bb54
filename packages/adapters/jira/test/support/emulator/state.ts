/** A status of the emulated workflow. */
export interface Status {
  readonly id: string;
  readonly name: string;
  readonly category: "new" | "indeterminate" | "done";
}

/** A transition of the emulated workflow, with what its form asks for. */
export interface Transition {
  readonly id: string;
  readonly name: string;
  /** Names of statuses; empty: from everywhere. */
  readonly from: readonly string[];
  readonly to: string;
  readonly fields?: Readonly<
    Record<
      string,
      { readonly required: boolean; readonly name: string; readonly schema: object; readonly allowedValues?: readonly object[] }
    >
  >;
}

export interface Comment {
  readonly id: string;
  body: unknown;
  properties: { key: string; value: unknown }[];
  visibility?: unknown;
  jsdPublic?: boolean;
}

export interface Issue {
  readonly id: string;
  readonly key: string;
  status: string;
  fields: Record<string, unknown>;
  readonly properties: Map<string, unknown>;
  readonly comments: Comment[];
  readonly watchers: Set<string>;
  readonly remote: Map<string, unknown>;
  readonly files: { readonly id: string; readonly filename: string; readonly size: number; readonly bytes: string }[];
}

export interface State {
  readonly cloud: boolean;
  readonly statuses: readonly Status[];
  readonly transitions: readonly Transition[];
  readonly issues: Map<string, Issue>;
  readonly links: { readonly type: string; readonly inward: string; readonly outward: string }[];
  /** Next id of whatever is made. */
  next(): string;
}

export const users = ["712020:ada", "5b10a2844c20165700ede21g", "ada", "devflow"];
export const me = {
  accountId: "5b10a2844c20165700ede21g",
  accountType: "app",
  name: "devflow",
  key: "JIRAUSER1",
  displayName: "DevFlow",
};

const resolution = {
  resolution: {
    required: true,
    name: "Resolution",
    schema: { type: "resolution", system: "resolution" },
    allowedValues: [
      { id: "1", name: "Won't Do" },
      { id: "2", name: "Done" },
    ],
  },
};

/** To Do → In Progress → In Review → Done, and back by Reopen. Cancelled asks for a reason. */
export const workflow: Pick<State, "statuses" | "transitions"> = {
  statuses: [
    { id: "1", name: "To Do", category: "new" },
    { id: "3", name: "In Progress", category: "indeterminate" },
    { id: "4", name: "In Review", category: "indeterminate" },
    { id: "5", name: "Done", category: "done" },
    { id: "6", name: "Cancelled", category: "done" },
  ],
  transitions: [
    { id: "11", name: "Start", from: ["To Do"], to: "In Progress" },
    { id: "21", name: "Ask for review", from: ["In Progress"], to: "In Review" },
    { id: "31", name: "Finish", from: ["In Review"], to: "Done", fields: resolution },
    { id: "41", name: "Reopen", from: ["Done"], to: "To Do" },
    {
      id: "51",
      name: "Cancel",
      from: ["In Progress"],
      to: "Cancelled",
      fields: { customfield_10050: { required: true, name: "Reason", schema: { type: "string", custom: "x:textfield" } } },
    },
  ],
};

export const fields: readonly {
  readonly id: string;
  readonly name: string;
  readonly required?: true;
  readonly schema: object;
  readonly hidden?: true;
}[] = [
  { id: "summary", name: "Summary", required: true, schema: { type: "string", system: "summary" } },
  { id: "description", name: "Description", schema: { type: "string", system: "description" } },
  { id: "labels", name: "Labels", schema: { type: "array", items: "string", system: "labels" } },
  { id: "priority", name: "Priority", schema: { type: "priority", system: "priority" } },
  { id: "assignee", name: "Assignee", schema: { type: "user", system: "assignee" } },
  { id: "duedate", name: "Due date", schema: { type: "date", system: "duedate" } },
  { id: "fixVersions", name: "Fix versions", schema: { type: "array", items: "version", system: "fixVersions" } },
  { id: "components", name: "Components", schema: { type: "array", items: "component", system: "components" } },
  { id: "customfield_10010", name: "Story Points", schema: { type: "number", custom: "x:float" } },
  { id: "customfield_10011", name: "Severity", schema: { type: "option", custom: "x:select" } },
  { id: "customfield_10012", name: "Platforms", schema: { type: "array", items: "option", custom: "x:multicheckboxes" } },
  {
    id: "customfield_10013",
    name: "Steps",
    schema: { type: "string", custom: "com.atlassian.jira.plugin.system.customfieldtypes:textarea" },
  },
  { id: "customfield_10014", name: "Reviewer", schema: { type: "user", custom: "x:userpicker" } },
  {
    id: "customfield_10015",
    name: "Sprint",
    schema: { type: "array", items: "json", custom: "com.pyxis.greenhopper.jira:gh-sprint" },
  },
  { id: "customfield_10016", name: "Place", schema: { type: "option-with-child", custom: "x:cascadingselect" } },
  { id: "customfield_10020", name: "Twin", schema: { type: "string", custom: "x:textfield" } },
  { id: "customfield_10021", name: "Twin", schema: { type: "string", custom: "x:textfield" }, hidden: true },
];

/** A fresh project with an issue in each of the named statuses. */
export function fresh(
  cloud: boolean,
  standing: readonly string[],
  shape: Pick<State, "statuses" | "transitions"> = workflow,
): State {
  let id = 10_000;
  const state: State = { cloud, ...shape, issues: new Map(), links: [], next: () => String(++id) };
  for (const status of standing) addIssue(state, { summary: `Stands in ${status}`, labels: [] }, status);
  return state;
}

export function addIssue(state: State, values: Record<string, unknown>, status: string): Issue {
  const issue: Issue = {
    id: state.next(),
    key: `APP-${state.issues.size + 1}`,
    status,
    fields: { ...values },
    properties: new Map(),
    comments: [],
    watchers: new Set(),
    remote: new Map(),
    files: [],
  };
  state.issues.set(issue.key, issue);
  return issue;
}
