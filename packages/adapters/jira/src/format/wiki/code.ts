import { shown } from "../runs.ts";

/** Languages that the renderer of Data Center knows, each with the names that Markdown has for it. An unknown one is an error on the page. */
const languages: Readonly<Record<string, string>> = {
  actionscript: "as actionscript3",
  ada: "",
  applescript: "",
  bash: "sh shell zsh console shellscript",
  c: "h",
  "c#": "cs csharp",
  cpp: "c++ cc cxx hpp",
  css: "scss sass less",
  erlang: "erl",
  go: "golang",
  groovy: "gradle jenkinsfile",
  haskell: "hs",
  html: "htm xhtml vue",
  java: "",
  javascript: "js jsx mjs cjs ts tsx mts cts typescript",
  json: "json5 jsonc",
  lua: "",
  objc: "objective-c objectivec",
  perl: "pl",
  php: "",
  python: "py python3",
  r: "",
  ruby: "rb",
  scala: "",
  sql: "mysql postgresql plpgsql sqlite",
  swift: "",
  visualbasic: "vb vbnet",
  xml: "svg xsl xsd pom",
  yaml: "yml",
};

const known: ReadonlyMap<string, string> = new Map(
  Object.entries(languages).flatMap(([name, others]) =>
    [name, ...others.split(" ")].filter((one) => one !== "").map((one) => [one, name] as const),
  ),
);

/** Names of macros that hold what follows them, up to their name again. */
const holders = /\{(noformat|code|quote|panel)(?=[}:|])/gi;

/**
 * Code as a macro: `code` in a language that Jira highlights, else `noformat`. Nothing in code is escaped, so a zero width
 * space splits what would end the macro, or one around it.
 */
export function writeCode(value: string, lang: string | null | undefined, around: readonly string[]): string {
  const language = known.get((lang ?? "").toLowerCase().trim());
  const macro = language === undefined ? "noformat" : "code";
  const ending = new Set([macro, ...around]);
  const text = shown(value).replace(holders, (found, name: string) =>
    ending.has(name.toLowerCase()) ? `${found}\u200b` : found,
  );
  const open = language === undefined ? "{noformat}" : `{code:${language}}`;
  return `${open}\n${text === "" ? "" : `${text}\n`}{${macro}}`;
}
