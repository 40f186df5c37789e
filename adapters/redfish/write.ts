import type { HttpAnswer } from '../../src/kit/http.ts';
import type { Kit } from '../../src/kit/kit.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import { answerOf } from './answer.ts';
import type { BmcAnswer, BmcWrite } from './bmc.ts';
import type { Seat } from './broker.ts';
import { asText } from './decode.ts';
import type { Entrance } from './entrance.ts';
import { writeWithEtag, type Etags } from './etag.ts';
import { encodeMultipart } from './multipart.ts';
import { ownPath, ownPushPath } from './own-origin.ts';
import { refusalOf, whyLost } from './write-refusal.ts';

export interface Writer {
  send(write: BmcWrite): Promise<BmcAnswer>;
}

const REDIRECTS = 3;
/** iDRAC checks If-Match between two writes that come one after the other, not between two at once (nv-redfish PR #162): one at a time. */
const WRITE_LEASE = { slots: 1, ttlMs: 30_000, waitMs: 60_000 };

export function createWriter(given: {
  entrance: Entrance;
  seat: Seat;
  kit: Kit;
  readAnew(link: string, options: { headers: Record<string, string> }): Promise<BmcAnswer>;
}): Writer {
  const { entrance, seat, kit, readAnew } = given;
  const { system, shared } = kit;
  const { origin, host, learnt } = seat.bmc;

  async function exchange(write: BmcWrite, etag: string | null): Promise<HttpAnswer> {
    const { method, timeoutMs } = write;
    const pushed = write.multipart === undefined ? write.stream : encodeMultipart(write.multipart);
    const within = pushed ? ownPushPath : ownPath;
    const headers: Record<string, string> = etag === null ? {} : { 'if-match': etag };
    let path = within(write.link, origin, system);
    for (let redirects = 0; ; redirects += 1) {
      // On a connection of its own: a kept one may have been closed by the BMC, and then nobody knows whether it took the write.
      const asked = { method, path, headers, body: pushed ?? write.body, timeoutMs, ownConnection: true };
      const answer = await entrance.ask(asked).catch((error: unknown) => {
        throw whyLost(method, path, error, system);
      });
      const to = answer.status === 307 || answer.status === 308 ? answer.headers['location'] : undefined;
      if (to === undefined || redirects >= REDIRECTS) return answer;
      path = within(new URL(to, origin + path).href, origin, system);
    }
  }

  /** Compression changes ETags, so it is declined; HPE Gen10+ answers 406 to that, and does not compress without being asked. */
  async function readEtags(link: string): Promise<Etags> {
    const plain = learnt.get('identity') === 'refused';
    try {
      const headers: Record<string, string> = plain ? {} : { 'accept-encoding': 'identity' };
      const { etag, body } = await readAnew(link, { headers });
      return { header: etag, body: asText(body?.['@odata.etag']) };
    } catch (error) {
      if (plain || !(error instanceof AdapterError) || error.status !== 406) throw error;
      learnt.set('identity', 'refused');
      return readEtags(link);
    }
  }

  async function climb(write: BmcWrite): Promise<HttpAnswer> {
    const lease = await shared.lease(`write:${host}`, WRITE_LEASE);
    if (lease === null) {
      const message = `${system}: other work of the hub has been changing settings of ${host} for ${WRITE_LEASE.waitMs / 1000} s`;
      throw new AdapterError('throttled', message, { system, retryAfterMs: 30_000 });
    }
    try {
      return await writeWithEtag({
        readEtags: () => readEtags(write.link),
        write: (etag) => exchange(write, etag),
        learnt: learnt.get('etag'),
        learn: (mode) => learnt.set('etag', mode),
      });
    } finally {
      lease.release();
    }
  }

  return {
    async send(write) {
      const { method } = write;
      const byDefault = method === 'PATCH' || method === 'PUT' ? 'ladder' : 'none';
      const answer = await ((write.etag ?? byDefault) === 'ladder' ? climb(write) : exchange(write, null));
      if (answer.status < 200 || answer.status > 299) {
        const secrets = [seat.target.password, ...secretsIn(write.body)];
        throw refusalOf(method, write.link, answer, { system, secrets });
      }
      return answerOf(answer, origin);
    },
  };
}

/** Values that a BMC's refusal must not carry into a log: what stands under a name that says so, at any depth. */
function secretsIn(body: unknown, named = false): string[] {
  if (typeof body === 'string') return named ? [body] : [];
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([name, value]) =>
    secretsIn(value, named || /passw|secret|token|community|passphrase|privatekey|authkey|privkey/i.test(name)),
  );
}
