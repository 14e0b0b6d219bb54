const opening = /^(?:(`{3,})[^`]*|(~{3,}).*)$/;
const action = /^\/[a-z]/i;

/**
 * Printed Markdown in which no line of code begins with a quick action. GitLab looks for them line by line, and mistakes where code
 * begins and ends once there are fences in it. A fence one space further in takes one space off each of its lines, so the code stays what it was.
 * Source: GitLab's `quick_actions/extractor.rb`.
 */
export function indentActions(markdown: string): string {
  if (!/^\/[a-z]/im.test(markdown)) return markdown;
  const lines = markdown.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const match = opening.exec(lines[at] ?? "");
    if (match === null) continue;
    const closing = lines.indexOf(match[1] ?? match[2] ?? "", at + 1);
    const end = closing < 0 ? lines.length - 1 : closing;
    if (lines.slice(at, end).some((line) => action.test(line))) {
      for (let line = at; line <= end; line++) if (lines[line] !== "") lines[line] = ` ${lines[line]}`;
    }
    at = end;
  }
  return lines.join("\n");
}
