import { kitForTests } from '../../../src/kit/kit-for-tests.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { RecordObject, RecordObjects, RecordResult, RecordValues } from '#src/ports/record-objects.ts';
import { netboxAdapter } from '../index.ts';

export interface Target {
  url: string;
  token: string;
  close(): Promise<void>;
}

export type Lab = ReturnType<typeof createLab>;

/** A NetBox for the suites, with what they do over and over. Everything has a name that no other run uses. */
export function createLab(connect: () => Promise<Target>) {
  const run = Math.random().toString(36).slice(2, 8);
  const signal = AbortSignal.timeout(600_000);
  const tag = `suite-${run}`;
  const net = `10.${Math.floor(Math.random() * 200) + 20}.${Math.floor(Math.random() * 250)}`;
  const closing: (() => Promise<void>)[] = [];
  let count = 0;
  let target: Target;
  const unique = (prefix: string): string => `${prefix}-${run}-${(count += 1)}`;

  const lab = {
    ...{ run, signal, tag, unique },
    // Until `begin`.
    ...{ records: {} as RecordObjects, without: {} as RecordObjects, site: '', version: '', url: '' },

    async begin(): Promise<void> {
      target = await connect();
      lab.url = target.url;
      lab.records = open({});
      lab.without = open({ createMissing: 'none' });
      lab.version = (await raw<Record<string, string>>('GET', 'status/'))['netbox-version'] ?? '';
      const draft = { parentId: null, set: { name: `Site ${run}`, status: 'active' } };
      lab.site = only(await lab.records.create('site', [draft], more(), signal)).id;
    },
    async end(): Promise<void> {
      for (const close of closing) await close();
      await target.close();
    },
    ...{
      failure,
      raw,
      headersOf,
      more,
      server,
      device,
      port,
      only,
      outcomes,
      reasonOf,
      reread,
      all,
      uniqueIp,
      uniqueMac,
    },
  };
  return lab;

  function open(set: Record<string, unknown>): RecordObjects {
    const given = { url: target.url, token: target.token, tag, requestsPerSecond: 1_000, bulkSize: 20, ...set };
    const connection = netboxAdapter.connect(netboxAdapter.Settings.parse(given), kitForTests('netbox'));
    closing.push(async () => connection.close?.());
    if (!connection.provides.recordObjects) throw new Error('no recordObjects');
    return connection.provides.recordObjects;
  }

  /** NetBox as a person uses it: none of our client. */
  async function call(method: string, path: string, body?: unknown): Promise<{ text: string; headers: Headers }> {
    const scheme = target.token.startsWith('nbt_') ? 'Bearer' : 'Token';
    const headers = { authorization: `${scheme} ${target.token}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${target.url}/api/${path}`, { method, headers, ...sent });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return { text, headers: answer.headers };
  }
  async function raw<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const { text } = await call(method, path, body);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }
  async function headersOf(path: string): Promise<Headers> {
    return (await call('GET', path)).headers;
  }

  function more(...fields: string[]) {
    return { fields, key: `suite ${run}` };
  }
  function uniqueIp(): string {
    return `${net}.${(count += 1)}/24`;
  }
  function uniqueMac(): string {
    const bytes = [...Buffer.from(run)].slice(0, 4).map((byte) => byte.toString(16).padStart(2, '0'));
    return `02:${bytes.join(':')}:${(count += 1).toString(16).padStart(2, '0')}`;
  }
  function server(set: RecordValues = {}): RecordValues {
    return {
      ...{
        name: unique('srv'),
        serial: unique('SN'),
        site: { id: lab.site },
        role: { name: 'Server' },
        status: 'planned',
      },
      device_type: { manufacturer: { name: `Maker ${run}` }, model: `Model ${run}` },
      ...set,
    };
  }
  async function device(set: RecordValues = {}): Promise<RecordObject> {
    const drafts = [{ parentId: null, set: server(set) }];
    return only(await lab.records.create('device', drafts, more('name', 'serial'), signal));
  }
  async function port(parentId: string, set: RecordValues = {}): Promise<RecordObject> {
    const drafts = [{ parentId, set: { name: unique('eth'), type: '1000base-t', ...set } }];
    return only(await lab.records.create('interface', drafts, more('name', 'mac_address'), signal));
  }

  function only(results: readonly RecordResult[]): RecordObject {
    const [result] = results;
    if (result?.outcome !== 'written' && result?.outcome !== 'found') throw new Error(JSON.stringify(result));
    return result.object;
  }
  function outcomes(results: readonly RecordResult[]): string[] {
    return results.map(({ outcome }) => outcome);
  }
  function reasonOf(result: RecordResult | undefined): string {
    return result?.outcome === 'refused' ? result.reason : `not refused: ${JSON.stringify(result)}`;
  }
  async function failure(work: Promise<unknown>): Promise<AdapterError> {
    const error: unknown = await work.then(
      () => new Error('it did not fail'),
      (reason: unknown) => reason,
    );
    if (error instanceof AdapterError) return error;
    throw error;
  }
  async function reread(type: string, id: string, ...fields: string[]): Promise<RecordObject> {
    const [found] = await lab.records.readMany(type, { fields, ids: [id] }, signal);
    if (!found) throw new Error(`${type} ${id} is gone`);
    return found;
  }
  async function all(type: string, ...fields: string[]): Promise<RecordObject[]> {
    const objects: RecordObject[] = [];
    for (let after: string | null = null; ;) {
      const page = await lab.records.page(type, { fields, after }, signal);
      objects.push(...page.objects);
      if (page.next === null) return objects;
      after = page.next;
    }
  }
}
