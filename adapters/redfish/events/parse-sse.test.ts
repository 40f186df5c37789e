import { describe, expect, test } from 'vitest';
import { judgeMessage } from './judge-message.ts';
import { createSseParser, type SseMessage, type SseParser } from './parse-sse.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
function read(chunks: Uint8Array[], maxBytes = 1_000): { messages: SseMessage[]; parser: SseParser } {
  const parser = createSseParser({ maxBytes });
  return { messages: chunks.flatMap((chunk) => parser.push(chunk)), parser };
}
const one = (text: string, maxBytes?: number) => read([bytes(text)], maxBytes);
const message = (data: string, event = 'message'): SseMessage => ({ event, data, cut: false });

const STREAM =
  '\uFEFF: keep-alive\n\nid:2\ndata:{\ndata:    "Name": "Lüfter 🌀"\ndata:}\n\nretry: 3000\nevent: x\nid: 3\ndata: zwei\n\n';
const MESSAGES = [message('{\n   "Name": "Lüfter 🌀"\n}'), message('zwei', 'x')];

describe('text/event-stream', () => {
  test.each(['\n', '\r\n', '\r'])('with lines that end with %j is the same wherever it is cut', (end) => {
    const whole = bytes(STREAM.replaceAll('\n', end));
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const { messages, parser } = read([whole.subarray(0, cut), whole.subarray(cut)]);
      expect(messages).toEqual(MESSAGES);
      expect(parser).toMatchObject({ lastId: '3', retryMs: 3000 });
    }
    const single = read([...whole].map((byte) => Uint8Array.of(byte)));
    expect(single.messages).toEqual(MESSAGES);
  });

  test('keeps a message back until it is whole, and forgets none of it', () => {
    const parser = createSseParser({ maxBytes: 1_000 });
    expect(parser.push(bytes('data: a\ndata'))).toEqual([]);
    expect(parser.push(bytes(': b\n'))).toEqual([]);
    expect(parser.push(bytes('\n'))).toEqual([message('a\nb')]);
  });

  test('has no message without data, and ids that hold until the next one', () => {
    const { messages, parser } = one('id: 7\n\nevent: only\n\ndata\n\n:\n\nunknown: x\ndata:y\n\n');
    expect(messages).toEqual([message(''), message('y')]);
    expect(parser.lastId).toBe('7');
  });

  test('sends back no id that could break a header', () => {
    expect(one('id: 7\n\nid: ü\n\n').parser.lastId).toBeNull();
    expect(one('id: 7\n\nid: a\0b\n\n').parser.lastId).toBe('7');
    expect(one(`id: ${'9'.repeat(300)}\n\n`).parser.lastId).toBeNull();
    expect(one('retry: soon\n\nretry: -1\n\n').parser.retryMs).toBeNull();
  });

  test('keeps no more of a message than allowed, in one line or in many, and reads on behind it', () => {
    for (const long of [`data: ${'x'.repeat(5_000)}\n`, 'data: 0123456789\n'.repeat(500), 'y'.repeat(5_000) + '\n']) {
      const { messages, parser } = one(`${long}\ndata: next\n\n`, 100);
      expect(messages.at(-1)).toEqual(message('next'));
      if (long.startsWith('data')) expect(messages[0]).toMatchObject({ cut: true });
      expect(messages[0]?.data.length).toBeLessThanOrEqual(100);
      expect(parser.pending).toBe(0);
    }
  });

  test('takes whatever bytes come, and counts what never ends', () => {
    const garbage = Uint8Array.from({ length: 100_000 }, (_, index) => ((index * 7919) % 240) + 14);
    const { messages, parser } = read([garbage, garbage]);
    expect(messages).toEqual([]);
    expect(parser.pending).toBe(200_000);
  });
});

describe('a message of a stream', () => {
  const judge = (data: unknown, cut = false) =>
    judgeMessage({ event: 'message', data: typeof data === 'string' ? data : JSON.stringify(data), cut });
  const alert = { MessageId: 'Platform.1.0.Alert' };
  const beat = { MessageId: 'HeartbeatEvent.1.0.RedfishServiceFunctional' };

  test.each([
    [{ Events: [alert] }, 'event'],
    [{ '@odata.type': '#Event.v1_7_0.Event', Events: [beat, alert] }, 'event'],
    [{ Events: {} }, 'event'],
    [{ Events: [beat] }, 'other'],
    [{ '@odata.type': '#MetricReport.v1_4_0.MetricReport', MetricValues: [] }, 'other'],
    [{ Events: [] }, 'garbage'],
    [{}, 'garbage'],
    ['[]', 'garbage'],
    ['null', 'garbage'],
    ['<html>', 'garbage'],
    ['', 'garbage'],
  ])('%j is: %s', (data, judged) => {
    expect(judge(data)).toBe(judged);
  });

  test('that is too long is told by how it begins', () => {
    expect(judge('{"@odata.type":"#Event.v1_7_0.Event","Events":[{"Mess', true)).toBe('event');
    expect(judge('{"@odata.type":"#MetricReport.v1_4_0.MetricReport","Met', true)).toBe('other');
    expect(judge('xxxxxxxx', true)).toBe('garbage');
  });
});
