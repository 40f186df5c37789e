import { describe, expect, test } from 'vitest';
import { createSseParser, type Message } from './screens/sse-parser.js';

function read(chunks: string[]): { messages: Message[]; comments: string[] } {
  const messages: Message[] = [];
  const comments: string[] = [];
  const parser = createSseParser({
    onMessage: (message) => messages.push(message),
    onComment: (text) => comments.push(text),
  });
  for (const chunk of chunks) parser.push(chunk);
  return { messages, comments };
}

const STREAM =
  ': from 0000000000000007\n\nid: 8\nevent: asset.discovered\ndata: {"a":\ndata: 1}\n\n: still here\n\nid: 9\ndata: x\n\n';
const MESSAGES = [
  { event: 'asset.discovered', data: '{"a":\n1}', id: '8' },
  { event: 'message', data: 'x', id: '9' },
];

describe('the parser of server-sent events', () => {
  test('reads messages and comments', () => {
    expect(read([STREAM])).toEqual({ messages: MESSAGES, comments: ['from 0000000000000007', 'still here'] });
  });

  test.each(['\n', '\r\n', '\r'])('reads the same wherever it is cut, with %j as the end of a line', (end) => {
    const text = STREAM.replaceAll('\n', end);
    for (let cut = 0; cut <= text.length; cut += 1) {
      // A lone CR at the end may be half of a CRLF, so the last message comes with what follows it.
      expect(read([text.slice(0, cut), text.slice(cut), ':\n']).messages).toEqual(MESSAGES);
    }
    expect(read([...text.split(''), ':\n']).messages).toEqual(MESSAGES);
  });

  test('keeps a message back until it is whole', () => {
    expect(read(['id: 1\ndata: half\n']).messages).toEqual([]);
    expect(read(['id: 1\nda']).messages).toEqual([]);
  });

  test('takes a byte order mark, empty data, one leading space and no id with a NUL in it', () => {
    expect(read(['\uFEFFdata:  two\n\n', 'data\n\n', 'id: a\0b\ndata: z\n\n', 'event: only\n\n']).messages).toEqual([
      { event: 'message', data: ' two', id: undefined },
      { event: 'message', data: '', id: undefined },
      { event: 'message', data: 'z', id: undefined },
    ]);
  });
});
