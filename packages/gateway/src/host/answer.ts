const decoder = new TextDecoder();

/** What is known of an answer that was read to its end. */
export interface Whole {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly url: string;
  readonly body: Uint8Array | null;
}

/**
 * An answer that was read to its end, as a `Response`. Text, JSON and bytes come straight from memory; a built-in `Response`,
 * which makes a stream of every body and costs as much as sending a short request, is made when something else is asked for.
 */
export class WholeResponse implements Response {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly redirected = false;
  readonly type = "basic";
  readonly #whole: Whole;
  #headers: Headers | undefined;
  #read = false;
  #full: Response | undefined;

  constructor(whole: Whole) {
    this.#whole = whole;
    this.status = whole.status;
    this.statusText = whole.statusText;
    this.url = whole.url;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }
  get headers(): Headers {
    return (this.#headers ??= new Headers(this.#whole.headers as [string, string][]));
  }
  get body(): Response["body"] {
    return this.#made().body;
  }
  get bodyUsed(): boolean {
    return this.#full?.bodyUsed ?? this.#read;
  }

  async text(): Promise<string> {
    return this.#full ? this.#full.text() : decoder.decode(this.#take());
  }
  async json(): Promise<unknown> {
    return this.#full ? this.#full.json() : (JSON.parse(decoder.decode(this.#take())) as unknown);
  }
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#full ? new Uint8Array(await this.#full.arrayBuffer()) : new Uint8Array(this.#take());
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }
  blob(): ReturnType<Response["blob"]> {
    return this.#made().blob();
  }
  formData(): ReturnType<Response["formData"]> {
    return this.#made().formData();
  }
  clone(): Response {
    return this.#made().clone();
  }

  #take(): Uint8Array {
    const { body } = this.#whole;
    if (this.#read) throw new TypeError("Body is unusable: Body has already been read");
    this.#read = body !== null;
    return body ?? new Uint8Array();
  }

  #made(): Response {
    if (this.#full) return this.#full;
    const { status, statusText, body } = this.#whole;
    const used = this.#read;
    this.#full = new Response(body && new Uint8Array(body), { status, statusText, headers: this.headers });
    if (used) void this.#full.arrayBuffer();
    return this.#full;
  }
}
