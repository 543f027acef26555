/** Examines an export of the audit log: whether each record is what was written, and follows the one before. */

/** What became of it. */
export interface Verdict {
  /** How many records were looked at. */
  count: number;
  /** The last record that is sound: `{number}:{hash}`. */
  head: string;
  /** The number of the first record that is not as it was written. */
  broken?: number;
  /** Whether a head that was noted elsewhere stands in it; nothing if none was given. */
  noted?: boolean;
}

interface Line {
  after?: { number: number; hash: string };
  tenant?: string;
  epoch?: string;
  hash?: string;
  record?: { number: number; tenant: string };
  end?: { number: number; hash: string };
}

/** The text of a record in its line; it is hashed as it stands. */
const RECORD = '"record":';

/** Examines the lines of an export, in their order. `head` is one that was noted elsewhere, or empty. */
export async function examine(
  lines: AsyncIterable<string>,
  head: string,
  progress: (count: number) => void = () => undefined,
): Promise<Verdict> {
  let last = { number: 0, hash: "" };
  let tenant = "";
  let count = 0;
  let isEnded = false;
  let seen = "";
  const wanted = head.trim().toLowerCase();
  const place = Number.parseInt(wanted, 10);
  const verdict = (broken?: number): Verdict => ({
    count,
    head: `${last.number}:${last.hash}`,
    ...(broken === undefined ? {} : { broken }),
    ...(wanted === "" ? {} : { noted: seen === wanted }),
  });
  const note = (): void => {
    if (last.number === place) {
      seen = `${last.number}:${last.hash}`;
    }
  };
  for await (const text of lines) {
    const line = parsed(text);
    if (line?.after !== undefined && last.hash === "") {
      tenant = line.tenant ?? "";
      last = line.after;
      if (last.number === 0 && last.hash !== (await hashOf(genesis(tenant, line.epoch ?? "")))) {
        return verdict(1);
      }
      note();
    } else if (line?.end !== undefined && !isEnded) {
      isEnded = true;
      if (line.end.number !== last.number || line.end.hash !== last.hash) {
        return verdict(last.number + 1);
      }
    } else {
      const { hash, record } = line ?? {};
      const body = text.slice(text.indexOf(RECORD) + RECORD.length, -1);
      const isNext = record?.number === last.number + 1 && record.tenant === tenant && !isEnded;
      if (hash === undefined || !isNext || (await hashOf(bytesOf(last.hash), body)) !== hash) {
        return verdict(last.number + 1);
      }
      last = { number: last.number + 1, hash };
      count += 1;
      note();
      if (count % 500 === 0) {
        progress(count);
      }
    }
  }
  return isEnded ? verdict() : verdict(last.number + 1);
}

/** The lines of an answer, one after the other, however large it is. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    const lines = (rest + decoder.decode(value, { stream: !done })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
    if (done) {
      if (rest !== "") {
        yield rest;
      }
      return;
    }
  }
}

function parsed(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

/** What the first record follows. */
function genesis(tenant: string, epoch: string): Uint8Array {
  return new TextEncoder().encode(`frontdesk audit 1\n${tenant}\n${epoch}`);
}

async function hashOf(before: Uint8Array, body = ""): Promise<string> {
  const text = new TextEncoder().encode(body);
  const all = new Uint8Array(before.length + text.length);
  all.set(before);
  all.set(text, before.length);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
