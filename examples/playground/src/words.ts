import { sleep, systemClock } from "@devflow/gateway/kit";

/** A text word by word, as a model would give it. */
export async function* words(text: string, signal: AbortSignal): AsyncGenerator<string> {
  for (const word of text.split(/(?<=\s)/)) {
    await sleep(systemClock, 28, signal);
    if (signal.aborted) return;
    yield word;
  }
}
