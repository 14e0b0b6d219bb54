import { readFile } from "node:fs/promises";

/**
 * The page's scripts and styles. They are plain files beside this one, in `page/`, both here and in the published package:
 * what you read is what the browser runs.
 */
const names = new Set([
  "element.js",
  "composer.js",
  "connection.js",
  "content.js",
  "controls.js",
  "dialog.js",
  "dom.js",
  "files.js",
  "message.js",
  "outbox.js",
  "thread.js",
  "element.css",
  "thread.css",
  "content.css",
  "controls.css",
  "page.css",
]);

const read = new Map<string, Promise<string>>();

/** A script or style by its name; undefined for any other name. */
export async function asset(name: string): Promise<{ readonly body: string; readonly type: string } | undefined> {
  if (!names.has(name)) return undefined;
  let body = read.get(name);
  if (body === undefined) read.set(name, (body = readFile(new URL(`./page/${name}`, import.meta.url), "utf8")));
  return { body: await body, type: name.endsWith(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8" };
}

/** The page itself: a frame around the element. Everything it loads is in {@link asset}. */
export function pageHtml({ path, title }: { readonly path: string; readonly title: string }): string {
  const name = escape(title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<title>${name}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${path}/page.css">
<script type="module" src="${path}/element.js"></script>
</head>
<body>
<main><devflow-chat src="${path}" label="${name}"></devflow-chat></main>
<noscript>This chat needs JavaScript.</noscript>
</body>
</html>
`;
}

function escape(value: string): string {
  return value.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
