import { isObject } from "@devflow/gateway/kit";

/** What a text of Jira is read with. */
export interface ReadContext {
  /** The attachments as its field gives them: media name them by file, and no other way. */
  readonly attachments?: readonly { readonly filename: string; readonly content: string }[];
}

/** How far the reading of a document has come. */
export interface Reading {
  readonly context: ReadContext;
  readonly depth: number;
}

/** Levels of nodes that keep their form. Below them there is text. */
export const depthLimit = 60;

/** The type of a node, or what stands for one that is none. */
export function typeOf(node: unknown): string {
  return isObject(node) && typeof node["type"] === "string" ? node["type"] : "";
}

/** The nodes in a node. */
export function contentOf(node: unknown): readonly unknown[] {
  return isObject(node) && Array.isArray(node["content"]) ? (node["content"] as readonly unknown[]) : [];
}

/** An attribute of a node: a string or number, or nothing. */
export function attr(node: unknown, name: string): string | number | undefined {
  const attrs = isObject(node) ? node["attrs"] : undefined;
  const value = isObject(attrs) && Object.hasOwn(attrs, name) ? attrs[name] : undefined;
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}
