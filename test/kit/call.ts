export interface Called {
  status: number;
  headers: Headers;
  text: string;
  json: Record<string, unknown>;
}

export interface Call {
  method?: string;
  key?: string | undefined;
  /** Sent as JSON unless it is text or bytes. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** One request as it is, whatever comes back. */
export async function call(url: string, options: Call = {}): Promise<Called> {
  const raw = typeof options.body === 'string' || options.body instanceof Uint8Array;
  const headers = {
    ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
    ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...options.headers,
  };
  const body =
    options.body === undefined ? {} : { body: raw ? (options.body as string) : JSON.stringify(options.body) };
  const answer = await fetch(url, {
    method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
    headers,
    ...body,
    signal: AbortSignal.timeout(60_000),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: isJson(answer) ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

function isJson(answer: Response): boolean {
  return /^application\/([\w.-]+\+)?json/.test(answer.headers.get('content-type') ?? '');
}
