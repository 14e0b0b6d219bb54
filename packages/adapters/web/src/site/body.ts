import { isObject, type JsonObject } from "@devflow/gateway/kit";
import { refusal } from "../errors.ts";

/** The exact bytes of a request, at most `maxBytes`; refuses longer ones before they are here. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity") throw refusal("wire.encoded", "compressed requests are not taken.");
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body !== null) {
    // Leaving the loop early cancels the stream, so an endless body ends here.
    for await (const chunk of request.body) {
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/** A JSON object, at most `maxBytes` long. */
export async function readJson(request: Request, maxBytes: number): Promise<JsonObject> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) throw refusal("wire.malformed", "the request must be application/json.");
  const bytes = await readBytes(request, maxBytes);
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isObject(value)) return value;
  } catch {
    // Said below, the same for every way of not being an object.
  }
  throw refusal("wire.malformed", "the request is not a JSON object.");
}

/** A field that must be text of at most `max` characters. */
export function text(object: JsonObject, name: string, max: number): string {
  const value = optionalText(object, name, max);
  if (value === undefined) throw refusal("wire.malformed", `the field ${name} is missing.`);
  return value;
}

/** As {@link text}, or undefined where there is none. */
export function optionalText(object: JsonObject, name: string, max: number): string | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw refusal("wire.malformed", `the field ${name} must be text.`);
  if (value.length > max) throw refusal("wire.oversized", `the field ${name} is too long: ${max} characters at most.`);
  return value;
}

/** The page's own id of an input: what makes a repeated request one input. */
export function inputId(object: JsonObject): string {
  const id = text(object, "id", 64);
  if (/^[A-Za-z0-9_-]{16,64}$/.test(id)) return id;
  throw refusal("wire.malformed", "the field id must be 16 to 64 letters, digits, - or _.");
}

/** An array of texts, at most `maxItems`; empty where there is none. */
export function texts(object: JsonObject, name: string, maxItems: number, max: number): readonly string[] {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  if (value === undefined || value === null) return [];
  const fits =
    Array.isArray(value) && value.length <= maxItems && value.every((item) => typeof item === "string" && item.length <= max);
  if (!fits) throw refusal("wire.malformed", `the field ${name} must be a short list of texts.`);
  return value as string[];
}

function tooLarge(maxBytes: number): Error {
  return refusal("wire.oversized", `too large: ${new Intl.NumberFormat("en").format(maxBytes)} bytes at most.`);
}
