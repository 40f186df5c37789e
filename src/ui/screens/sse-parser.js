/** @typedef {{ event: string, data: string, id: string | undefined }} Message */

/**
 * Reads server-sent events from pieces of text, wherever they are cut (HTML standard, §9.2.6). `EventSource` would do
 * that, but cannot send an Authorization header.
 * @param {{ onMessage(message: Message): void, onComment?(text: string): void }} listener
 */
export function createSseParser({ onMessage, onComment }) {
  let rest = '';
  let isStart = true;
  let event = '';
  /** @type {string[]} */
  let data = [];
  /** @type {string | undefined} */
  let id;

  /** @param {string} line */
  function takeLine(line) {
    if (line === '') {
      if (data.length > 0) onMessage({ event: event === '' ? 'message' : event, data: data.join('\n'), id });
      event = '';
      data = [];
      return;
    }
    if (line.startsWith(':')) {
      onComment?.(line.slice(1).trim());
      return;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) id = value;
  }

  return {
    /** @param {string} chunk */
    push(chunk) {
      let text = rest + chunk;
      if (isStart && text !== '') {
        text = text.replace(/^\uFEFF/, '');
        isStart = false;
      }
      let from = 0;
      for (const found of text.matchAll(/\r\n|\n|\r/g)) {
        // A CR at the very end may be half of a CRLF: wait for what follows.
        if (found[0] === '\r' && found.index === text.length - 1) break;
        takeLine(text.slice(from, found.index));
        from = found.index + found[0].length;
      }
      rest = text.slice(from);
    },
  };
}
