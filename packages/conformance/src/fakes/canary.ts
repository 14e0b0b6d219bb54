/** Secret values by name, each easy to recognise wherever it turns up. */
export type Canaries = Readonly<Record<string, string>>;

/**
 * Makes a value for each name that no text contains by chance. Pass values of your own where a platform's tokens have a
 * form: `canaries({ BOT_TOKEN: "xoxb-…" })`.
 */
export function canaries(...names: readonly (string | Canaries)[]): Canaries {
  const values: Record<string, string> = {};
  for (const name of names) {
    if (typeof name === "string") values[name] = `canary-${name.toLowerCase().replaceAll("_", "-")}-Zq7vK2xW9tB4nM6p`;
    else Object.assign(values, name);
  }
  return values;
}

/**
 * Names of the secrets that `text` gives away, with the form they have in it: as they are, cut short, in base64 (within a
 * longer text too), percent-encoded, JSON-escaped or in hexadecimal.
 */
export function leaks(text: string, secrets: Canaries): readonly string[] {
  return Object.entries(secrets).flatMap(([name, value]) =>
    Object.entries(forms(value))
      .filter(([, spellings]) => spellings.some((spelling) => text.includes(spelling)))
      .map(([form]) => `${name} (${form})`),
  );
}

function forms(value: string): Readonly<Record<string, readonly string[]>> {
  return {
    raw: [value],
    // A tail shows nothing that a name of ours could collide with; half of a secret is a leak as well.
    cut: value.length >= 16 ? [value.slice(-Math.ceil(value.length / 2))] : [],
    base64: [0, 1, 2].flatMap((shift) => base64Within(value, shift)),
    "percent-encoded": [encodeURIComponent(value), encodeURIComponent(encodeURIComponent(value))].filter((v) => v !== value),
    "JSON-escaped": [JSON.stringify(value).slice(1, -1)].filter((v) => v !== value),
    hexadecimal: [Buffer.from(value).toString("hex")],
  };
}

/** The part of the base64 form that does not depend on what stands before and after the value. */
function base64Within(value: string, shift: number): readonly string[] {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
  const from = shift === 0 ? 0 : 4;
  return [whole.toString("base64").slice(from), whole.toString("base64url").slice(from)].filter((text) => text.length >= 12);
}
