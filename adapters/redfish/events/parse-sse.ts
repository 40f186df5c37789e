/** One message of a text/event-stream. */
export interface SseMessage {
  event: string;
  data: string;
  /** It was longer than allowed: `data` is how it begins. */
  cut: boolean;
}

export interface SseParser {
  /** The messages that end with these bytes. Where they are cut does not matter, be it within a letter. */
  push(chunk: Uint8Array): SseMessage[];
  /** The id that was given last; null: none, or one that cannot be sent back. */
  readonly lastId: string | null;
  /** After how long the other side wants to be asked again. */
  readonly retryMs: number | null;
  /** Bytes since the last blank line, kept or not. */
  readonly pending: number;
}

const [LF, CR] = [10, 13];
/** What may stand in a header. */
const SENDABLE = /^[\x20-\x7e]{1,256}$/;

/**
 * text/event-stream as the HTML standard has it. Lines end with LF, CR or CRLF. No more than `maxBytes` of a message are kept, whatever comes:
 * the rest of it is skipped, and what follows is read again.
 */
export function createSseParser({ maxBytes, lastId = null }: { maxBytes: number; lastId?: string | null }): SseParser {
  let line: Uint8Array[] = [];
  let lineBytes = 0;
  let lineCut = false;
  let data: string[] = [];
  let dataBytes = 0;
  let cut = false;
  let event = '';
  let skipLf = false;
  let isFirst = true;
  const state = { lastId, retryMs: null as number | null, pending: 0 };

  function keep(piece: Uint8Array): void {
    const room = maxBytes - lineBytes;
    if (piece.length > room) lineCut = true;
    const kept = piece.length > room ? piece.subarray(0, room) : piece;
    if (kept.length === 0) return;
    line.push(Buffer.from(kept)); // a copy: a piece of what was received would keep all of that
    lineBytes += kept.length;
  }

  function endLine(): SseMessage | null {
    // Cut at line ends, which are never a part of a letter: so that a letter is always whole.
    let text = Buffer.concat(line).toString('utf8');
    const wasCut = lineCut;
    [line, lineBytes, lineCut] = [[], 0, false];
    if (isFirst) text = text.replace(/^\uFEFF/, '');
    isFirst = false;
    if (text === '') return endMessage();
    field(text, wasCut);
    return null;
  }

  function field(text: string, wasCut: boolean): void {
    const colon = text.indexOf(':');
    if (colon === 0) return; // a comment, most often to show that the line is alive
    const name = colon === -1 ? text : text.slice(0, colon);
    const value = colon === -1 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') addData(value, wasCut);
    else if (name === 'event' && value.length <= 256) event = value;
    else if (name === 'id' && !value.includes('\0')) state.lastId = SENDABLE.test(value) ? value : null;
    else if (name === 'retry' && /^\d{1,9}$/.test(value)) state.retryMs = Number(value);
  }

  function addData(value: string, wasCut: boolean): void {
    const room = maxBytes - dataBytes;
    if (room <= 0 || wasCut || value.length > room) cut = true;
    if (room <= 0) return;
    const kept = value.slice(0, room);
    data.push(kept);
    dataBytes += kept.length + 1;
  }

  function endMessage(): SseMessage | null {
    const message = { event: event === '' ? 'message' : event, data: data.join('\n'), cut };
    const isEmpty = data.length === 0;
    [data, dataBytes, cut, event] = [[], 0, false, ''];
    state.pending = 0;
    return isEmpty ? null : message;
  }

  return {
    push(chunk) {
      const messages: SseMessage[] = [];
      let from = 0;
      for (let at = 0; at < chunk.length; at += 1) {
        const byte = chunk[at];
        state.pending += 1;
        const isSecond = skipLf && byte === LF;
        skipLf = false;
        if (isSecond) {
          from = at + 1;
          continue;
        }
        if (byte !== LF && byte !== CR) continue;
        keep(chunk.subarray(from, at));
        from = at + 1;
        skipLf = byte === CR;
        const message = endLine();
        if (message !== null) messages.push(message);
      }
      keep(chunk.subarray(from));
      return messages;
    },
    get lastId() {
      return state.lastId;
    },
    get retryMs() {
      return state.retryMs;
    },
    get pending() {
      return state.pending;
    },
  };
}
