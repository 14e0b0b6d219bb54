import type { Check, Problem } from "../lib/tree.ts";

/** What the tree does not say, with files that may. The brackets keep each pattern from being found in this file. */
const forbidden: readonly { readonly pattern: RegExp; readonly says: string; readonly except?: RegExp }[] = [
  { pattern: /\.\.\/[s]hared\b/, says: "speaks of a folder beside the repository", except: /^\.ci\/run$/ },
  {
    pattern: /(^|[\s"'`(=])\/(work|home|root|Users|tmp)\/[a-z]/,
    says: "names a path of somebody's machine",
    except: /^\.ci\/run$/,
  },
  {
    pattern: /\b(T[O]DO|F[I]XME|X[X]X)\b/,
    says: "promises what is not done",
    // In Atlassian's document format it is the state of an open task.
    except: /^packages\/adapters\/jira\/(src\/format\/adf\/|test\/(format\/adf|fixtures)\/)/,
  },
  { pattern: /\bxox[bp]-\d{9,}-\d{9,}-[A-Za-z0-9]{20,}/, says: "holds what looks like a real secret" },
];

const binary = /\.(png|jpg|ico|gif|woff2?|wasm)$/;

/** The tree speaks of itself alone, and promises nothing. */
export const words: Check = {
  name: "words",
  run(tree) {
    const problems: Problem[] = [];
    for (const path of tree.files.filter((one) => !binary.test(one) && one !== "pnpm-lock.yaml")) {
      for (const [index, line] of tree.read(path).split("\n").entries()) {
        for (const { pattern, says, except } of forbidden) {
          const found = except?.test(path) ? null : pattern.exec(line);
          if (found) problems.push({ path: `${path}:${index + 1}`, says: `"${found[0].slice(0, 40)}" ${says}` });
        }
      }
    }
    return problems;
  },
};
