import { isIP } from 'node:net';
import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import type { ApiCall } from './api-call.ts';
import type { Database, Row } from './database.ts';
import { create } from './operations.ts';
import { pageRequest } from './paging.ts';
import { pythonType } from './read-values.ts';
import { render, rendering } from './render.ts';
import { hostOf, isWithin, toAddress, toNumber } from './value.ts';
import { notADictionary, type Body } from './write.ts';
import { Invalid } from './refusals.ts';

/** `/api/ipam/prefixes/<id>/available-ips/`: what is free, and taking it. */
export function answerAvailableIps(call: ApiCall, id: number): SimulatedAnswer {
  const { request, access, world } = call;
  const { database, version } = world;
  const prefix = database.find('prefix', id);
  const action = request.method === 'GET' ? 'view' : 'add';
  if (!access.may('ipAddress', action))
    return { status: 403, body: { detail: 'You do not have permission to perform this action.' } };
  if (!prefix || !access.may('prefix', 'view') || access.sees?.('prefix', prefix) === false)
    return { status: 404, body: { detail: 'No Prefix matches the given query.' } };
  const length = Number(String(prefix.prefix).split('/')[1]);
  if (request.method === 'GET') {
    const { limit } = pageRequest(call.url.searchParams, false);
    const family = String(prefix.prefix).includes(':') ? 6 : 4;
    const free = freeIn(database, prefix, limit);
    return { status: 200, body: free.map((host) => ({ family, address: `${host}/${length}`, vrf: null })) };
  }
  if (request.method !== 'POST') return { status: 405, body: { detail: `Method "${request.method}" not allowed.` } };
  const bodies = (Array.isArray(request.json) ? request.json : [request.json ?? {}]) as unknown[];
  const free = freeIn(database, prefix, bodies.length);
  if (free.length < bodies.length)
    return { status: 409, body: { detail: 'Insufficient resources are available to satisfy the request' } };
  const errors: Body[] = bodies.map(() => ({}));
  const takeAll = (): Row[] =>
    bodies.map((body, at) => {
      if (typeof body !== 'object' || body === null) throw notADictionary(version, pythonType(body));
      const { prefix_length: wanted, ...more } = body as Body;
      try {
        return create(call.operation, 'ipAddress', { ...more, address: `${free[at]}/${String(wanted ?? length)}` });
      } catch (error) {
        if (error instanceof Invalid) errors[at] = error.errors;
        throw error;
      }
    });
  const isList = Array.isArray(request.json);
  try {
    const rows = database.atomically(takeAll);
    const with_ = rendering(database, version, call.url.origin);
    const shown = rows.map((row) => render(with_, 'ipAddress', row));
    return { status: 201, body: isList ? shown : shown[0] };
  } catch (error) {
    // Of a list, errors come by position.
    if (error instanceof Invalid) return { status: 400, body: isList ? errors : error.errors };
    throw error;
  }
}

/** The first free hosts, ascending. Network and broadcast address are none, but in a pool and in /31 and /32. */
function freeIn(database: Database, prefix: Row, limit: number): string[] {
  const cidr = String(prefix.prefix);
  const [network = '', length = ''] = cidr.split('/');
  const bits = isIP(network) === 6 ? 128 : 32;
  const first = toNumber(network) & ~((1n << BigInt(bits - Number(length))) - 1n);
  const last = first + (1n << BigInt(bits - Number(length))) - 1n;
  const whole = prefix.is_pool === true || bits - Number(length) <= 1;
  const taken = new Set(
    database
      .all('ipAddress')
      .filter((row) => isWithin(hostOf(String(row.address)), cidr))
      .map((row) => toNumber(hostOf(String(row.address)))),
  );
  const free: string[] = [];
  // IPv6 has no broadcast address, but a router's anycast one at the start.
  const end = whole || bits === 128 ? last : last - 1n;
  for (let at = whole ? first : first + 1n; at <= end && free.length < limit; at += 1n)
    if (!taken.has(at)) free.push(toAddress(at, bits));
  return free;
}
