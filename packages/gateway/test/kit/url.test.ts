import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linkForm, safeUrl } from "../../src/kit/index.ts";

const web = ["http", "https"];

describe("safeUrl", () => {
  it.each([
    ["https://e.com/a b", "https://e.com/a b"],
    ["HTTPS://E.com", "HTTPS://E.com"],
    [" https://e.com\n", "https://e.com"],
    ["https://e.com/\u202egpj.exe", "https://e.com/gpj.exe"],
    ["ht\ntps://e.com", "https://e.com"],
    ["javascript:alert(1)", undefined],
    ["java\nscript:alert(1)", undefined],
    ["\u0001javascript:alert(1)", undefined],
    ["java\u200bscript:alert(1)", undefined],
    ["data:text/html,x", undefined],
    ["//e.com", undefined],
    ["/path", undefined],
    ["", undefined],
  ])("of %j is %j", (url, expected) => {
    expect(safeUrl(url, web)).toBe(expected);
  });

  it("has a scheme of the list, at its beginning, or is nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (url) => {
        const safe = safeUrl(`${url}:x`, web);
        expect(safe === undefined || /^https?:/i.test(safe)).toBe(true);
      }),
    );
  });
});

describe("linkForm", () => {
  it.each([
    ["https://evil.example/x", "https://good.example", "url"],
    ["https://evil.example/x", " \u200bhttps://good.example/login\u00a0", "url"],
    ["https://evil.example/x", "www.good.example", "url"],
    ["https://evil.example/x", "//good.example", "url"],
    ["https://evil.example/x", "log in at https://good.example now", "url"],
    ["https://evil.example/x", "\u200b", "url"],
    ["https://e.com/x", "either // or", "link"],
    ["https://e.com/x", "Größe", "link"],
    ["https://evil.example", "https://good.example@evil.example", "link"],
    ["https://good.example@evil.example", "https://good.example", "url"],
    ["https://www.e.com/a", "https://e.com", "link"],
    ["https://e.com", "https://e.com", "url"],
    ["https://e.com/a\u007f", "https://e.com/a\u007f", "url"],
    ["https://e.com", "", "url"],
    ["https://e.com", "docs", "link"],
    ["https://e.com", "README.md", "link"],
    ["javascript:alert(1)", "click", "label"],
  ])("shows %j, labelled %j, as %s", (url, label, form) => {
    expect(linkForm(url, label, web).form).toBe(form);
  });
});
