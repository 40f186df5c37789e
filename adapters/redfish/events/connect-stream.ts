import type { HttpStream } from '../../../src/kit/http.ts';
import type { Kit } from '../../../src/kit/kit.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import { openBmc, type Bmc } from '../client.ts';
import { asText } from '../decode.ts';
import type { Settings } from '../settings.ts';

export interface Connecting {
  settings: Settings;
  kit: Kit;
  idleMs: number;
  /** Of the stream, which goes on when the BMC is given back. */
  signal: AbortSignal;
  lastId: string | null;
}

export type LiveStream = HttpStream & { chunks: AsyncIterable<Buffer> };

/** Opens the stream of a BMC's EventService. @throws AdapterError unsupported where it has none or refuses it; as `openBmc` */
export async function connectStream(target: BmcTarget, given: Connecting): Promise<LiveStream> {
  const { kit, settings, signal } = given;
  const bmc = await openBmc(target, settings, kit, signal);
  try {
    return await streamOf(bmc, given);
  } finally {
    for (const problem of await bmc.close()) kit.log.warn({ url: target.url, problem }, 'BMC session may be left open');
  }
}

async function streamOf(bmc: Bmc, { kit, idleMs, signal, lastId }: Connecting): Promise<LiveStream> {
  const { system } = kit;
  const none = (why: string, cause?: unknown): AdapterError =>
    new AdapterError('unsupported', `${system}: ${why}`, { system, cause });

  const link = bmc.root.EventService;
  if (link === null) throw none('it has no EventService');
  const service = await bmc.get(link);
  if (service['ServiceEnabled'] === false) throw none('its EventService is switched off');
  const uri = asText(service['ServerSentEventUri']);
  if (uri === null) throw none('its EventService offers no stream');

  const headers = { accept: 'text/event-stream', ...(lastId === null ? {} : { 'last-event-id': lastId }) };
  let stream: HttpStream;
  try {
    stream = await bmc.stream(uri, { headers, idleMs, signal });
  } catch (error) {
    if (isRefusal(error) && bmc.fatal() === null) throw none(`its stream is refused: ${error.message}`, error);
    throw error;
  }
  const { chunks } = stream;
  const type = stream.headers['content-type'] ?? '';
  if (chunks !== null && /^text\/event-stream\b/i.test(type.trim())) return { ...stream, chunks };
  stream.close();
  throw none(`${uri} is no stream but ${type === '' ? 'something that it does not name' : type.slice(0, 100)}`);
}

/** Of the stream alone: what else was asked with these credentials was answered. */
function isRefusal(error: unknown): error is AdapterError {
  if (!(error instanceof AdapterError)) return false;
  return ['rejected', 'not-found', 'unsupported', 'unauthorized'].includes(error.kind);
}
