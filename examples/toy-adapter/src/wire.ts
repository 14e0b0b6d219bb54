import { isObject } from "@devflow/gateway/kit";

/** A file on a note. */
export interface ToyFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** What Toy posts to our webhook, as far as we read it. Whatever is missing or of another type is empty here. */
export interface ToyPayload {
  readonly id: string;
  /** `said`, `changed`, `removed`, `cheered`, `pressed`; new ones appear without notice. */
  readonly type: string;
  readonly team: string;
  /** Milliseconds since the epoch; Toy counts in seconds. */
  readonly at: number;
  readonly room: { readonly id: string; readonly name: string; readonly private: boolean };
  readonly by: { readonly id: string; readonly name: string; readonly robot: boolean };
  readonly note: { readonly id: string; readonly text: string; readonly answers: string; readonly files: readonly ToyFile[] };
  readonly cheer: string;
  readonly button: { readonly id: string; readonly value: string };
}

/** Reads a payload without trusting it. `receivedAt` stands in for a time that is missing. */
export function readPayload(payload: unknown, receivedAt: number): ToyPayload {
  const root = object(payload);
  const [room, by, note, button] = [object(root["room"]), object(root["by"]), object(root["note"]), object(root["button"])];
  return {
    id: text(root["id"]),
    type: text(root["type"]),
    team: text(root["team"]),
    at: number(root["at"]) * 1000 || receivedAt,
    room: { id: text(room["id"]), name: text(room["name"]), private: room["private"] === true },
    by: { id: text(by["id"]), name: text(by["name"]), robot: by["robot"] === true },
    note: {
      id: text(note["id"]),
      text: text(note["text"]),
      answers: text(note["answers"]),
      files: list(note["files"]).map((file) => ({
        id: text(file["id"]),
        name: text(file["name"]),
        type: text(file["type"]),
        size: number(file["size"]),
      })),
    },
    cheer: text(root["cheer"]),
    button: { id: text(button["id"]), value: text(button["value"]) },
  };
}

const object = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const list = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
