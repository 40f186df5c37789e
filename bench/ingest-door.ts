import path from 'node:path';
import { Pool } from 'undici';
import { createApiKey } from '#src/access/commands/create-api-key.ts';
import { startHubProcess } from '#demo/hub-process.ts';
import { freePort } from '#setup/services.ts';
import { changeOf, dayOf, reportOf } from './ingest-fleet.ts';
import { type Timed, timeIt } from './ingest-load.ts';
import type { Found } from './ingest-table.ts';
import type { IngestScale, Stand } from './ingest.ts';

const CONNECTIONS = 32;
const MOST = 1000;
const SECRET = 'bench bench bench bench bench bench';
/** Servers that no other part of the bench has. */
const FROM = 700_000;

/** The same over HTTP, with the hub as a process of its own and the bytes in its object store (a directory, synced and compressed). */
export async function measureDoor(stand: Stand, scale: IngestScale, say: (line: string) => void): Promise<Found[]> {
  if (!scale.only.includes('door')) return [];
  const { text } = await createApiKey(stand.ctx, SECRET, { name: 'bench', scopes: ['*'], expiresAt: null });
  const port = await freePort();
  const env = {
    DATABASE_URL: stand.url,
    REDIS_URL: stand.redisUrl,
    SECRET_KEY: SECRET,
    HTTP_PORT: String(port),
    DIRECTORY_PATH: path.join(stand.folder, 'objects'),
    UPLOAD_PATH: path.join(stand.folder, 'uploads'),
    CHECK_ANSWERS: 'false',
    LOG_LEVEL: 'warn',
  };
  const web = await startHubProcess('web', env, path.join(stand.folder, 'web.log'));
  const found: Found[] = [];
  try {
    const servers = Math.min(scale.servers, MOST);
    for (const [what, day, changed] of [
      ['first look', 0, false],
      ['unchanged', 1, false],
      ['one part changed', 2, true],
    ] as const) {
      const uploads = Array.from({ length: servers }, (_, at) =>
        reportOf(FROM + at, dayOf(day), changed ? [changeOf(FROM + at, 0)] : []),
      );
      const timed = await postAll(`http://127.0.0.1:${port}`, text, uploads, stand.databasePid);
      const rate = `${(timed.count / timed.seconds).toFixed(0)} servers/s`;
      found.push({ what: `over HTTP, ${CONNECTIONS} at once: ${what}`, figure: rate });
      say(`over HTTP, ${what}: ${rate}`);
    }
    return found;
  } finally {
    await web.stop();
  }
}

async function postAll(url: string, key: string, uploads: readonly Buffer[], databasePid: number): Promise<Timed> {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const queue = [...uploads];
  async function client(): Promise<void> {
    for (let body = queue.pop(); body !== undefined; body = queue.pop()) {
      const answer = await pool.request({
        method: 'POST',
        path: '/v1/ingest/logbundle',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream' },
        body,
      });
      const said = await answer.body.text();
      if (answer.statusCode !== 201) throw new Error(`the hub answered ${answer.statusCode}: ${said.slice(0, 300)}`);
    }
  }
  const timed = await timeIt(databasePid, async () => {
    await Promise.all(Array.from({ length: CONNECTIONS }, client));
  });
  await pool.close();
  return { ...timed, count: uploads.length };
}
