import { fakeContext, type FakeContext, type FakeContextOptions } from "@devflow/conformance";

/** A token of the right form that opens nothing. */
export const token = "123456:AAcanary-Zq7vK2xW9tB4nM6pL8sD1fG3hJ5kQ";
export const account = "123456";

/** One request that a {@link fakeApi} took. */
export interface Call {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Names of the parts that were uploaded. */
  readonly files: readonly string[];
}

type Answer = unknown;

/** What the API says to a call: a result, or `{ ok: false, … }`, or an error to throw. */
export type Answers = (call: Call, attempt: number) => Answer;

/** A Bot API in memory: `fetch` goes in, calls come out. */
export interface FakeApi {
  readonly calls: readonly Call[];
  readonly fetch: typeof fetch;
  context(options?: FakeContextOptions): FakeContext;
}

/** A refusal as the Bot API spells it. */
export function refusal(error_code: number, description: string, parameters?: object): object {
  return { ok: false, error_code, description, ...(parameters && { parameters }) };
}

/** The usual answers: a message for whatever sends one, true for the rest. */
export function usual({ method, params }: Call): unknown {
  if (method === "getMe") return { id: 123456, is_bot: true, first_name: "Rig", username: "rig_bot" };
  const chat = { id: Number(params.chat_id), type: Number(params.chat_id) > 0 ? "private" : "supergroup" };
  const message = { message_id: 71, date: 1_767_225_600, chat };
  if (method === "sendMediaGroup") return [message, { ...message, message_id: 72 }];
  return /^(send(?!Chat|MessageDraft)|edit)/.test(method) ? message : true;
}

/** Makes a {@link FakeApi}. */
export function fakeApi(answers: Answers = usual): FakeApi {
  const calls: Call[] = [];
  const fake: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const method = new URL(request.url).pathname.split("/").at(-1) ?? "";
    const call = { method, ...(await read(request)) };
    calls.push(call);
    const attempt = calls.filter((one) => one.method === method).length;
    const answer = await answers(call, attempt);
    if (answer instanceof Response) return answer;
    if (answer instanceof Error) throw answer;
    const said = answer as { ok?: boolean; error_code?: number } | undefined;
    return said?.ok === false
      ? Response.json(said, { status: said.error_code ?? 400 })
      : Response.json({ ok: true, result: answer });
  };
  return {
    calls,
    fetch: fake,
    context: (options = {}) => fakeContext({ platform: "telegram", secrets: { BOT_TOKEN: token }, fetch: fake, ...options }),
  };
}

async function read(request: Request): Promise<Pick<Call, "params" | "files">> {
  const type = request.headers.get("content-type") ?? "";
  if (request.method === "GET" || type === "") return { params: {}, files: [] };
  const form = type.startsWith("multipart/") ? [...(await request.formData())] : [...new URLSearchParams(await request.text())];
  const files = form.filter(([, value]) => typeof value !== "string").map(([name]) => name);
  const params = form.flatMap(([name, value]) => (typeof value === "string" ? [[name, parse(value)] as const] : []));
  return { params: Object.fromEntries(params), files };
}

function parse(value: string): unknown {
  if (!/^[[{]|^(true|false)$|^-?\d{1,15}$/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
