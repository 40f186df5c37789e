import { z } from 'zod';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { SubscriptionReport } from '../../../src/ports/bmc-events.ts';
import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink, asList, asText, isRecord } from '../decode.ts';
import { MARK_OF_HUB } from './door.ts';

type Resource = Record<string, unknown>;
const Raw = z.record(z.string(), z.unknown());

export interface Subscription {
  destination: string;
  /** Comes back in each event, and says in a way that nobody can guess which server it is about. */
  context: string;
  /** How contexts of the hub for this server begin, whatever their secret. */
  mark: string;
}

const FORM = 'events.form';
const CONTEXT = 'events.context';

/** Keeps, mends or makes the hub's own subscription. Those of others are left alone. @throws AdapterError */
export async function ensureSubscription(bmc: Bmc, wish: Subscription): Promise<Omit<SubscriptionReport, 'requests'>> {
  const found = await findList(bmc);
  if (typeof found === 'string') return unsupported(found);
  const { service, list } = found;
  const { members, failures } = await readCollection(bmc, list, Raw);
  const own = members.filter((one) => isOwn(one, wish));
  const good = own.find((one) => isGood(bmc, one, wish));
  // One that cannot be read may be the hub's: another one beside it would tell everything twice.
  if (good === undefined && failures.length > 0) {
    const [first] = failures;
    const message = `its subscriptions cannot all be read (${first?.path ?? list}: ${first?.why ?? ''})`;
    throw new AdapterError('malformed', message, { system: 'redfish' });
  }
  let removed = 0;
  for (const one of own) {
    const path = asLink(one);
    if (one === good || path === null) continue;
    await removeOne(bmc, path);
    removed += 1;
  }
  if (good !== undefined) return { state: 'kept', path: asLink(good), removed, why: null };
  return { state: 'made', path: await make(bmc, list, service, wish), removed, why: null };
}

/** Takes what is the hub's for this server back, however it was made. @returns how many. @throws AdapterError where some cannot be read */
export async function removeSubscriptions(bmc: Bmc, wish: Pick<Subscription, 'mark'>): Promise<number> {
  const found = await findList(bmc);
  if (typeof found === 'string') return 0;
  const { members, failures } = await readCollection(bmc, found.list, Raw);
  const own = members.filter((one) => asText(one['Context'])?.startsWith(wish.mark));
  for (const one of own) await removeOne(bmc, asLink(one) ?? found.list);
  const [first] = failures;
  if (first === undefined) return own.length;
  const message = `its subscriptions cannot all be read (${first.path}: ${first.why})`;
  throw new AdapterError('malformed', message, { system: 'redfish' });
}

/** Where its subscriptions stand; else why there are none. */
async function findList(bmc: Bmc): Promise<{ service: Resource; list: string } | string> {
  const link = bmc.root.EventService;
  if (link === null) return 'it has no EventService';
  const service = await bmc.get(link);
  if (service['ServiceEnabled'] === false) return 'its EventService is switched off';
  const list = asLink(service['Subscriptions']);
  return list === null ? 'its EventService takes no subscriptions' : { service, list };
}

function unsupported(why: string): Omit<SubscriptionReport, 'requests'> {
  return { state: 'unsupported', path: null, removed: 0, why };
}

/** To the hub's door, and not for another server behind the same BMC. */
function isOwn(one: Resource, { destination, mark }: Subscription): boolean {
  const context = asText(one['Context']) ?? '';
  if (context.startsWith(mark)) return true;
  return sameUrl(asText(one['Destination']), destination) && !context.startsWith(MARK_OF_HUB);
}

function isGood(bmc: Bmc, one: Resource, { destination, context }: Subscription): boolean {
  const shown = asText(one['Context']);
  // Some do not show it again: then what was told when it was made counts.
  const rightContext = shown === context || (shown === null && bmc.learnt(CONTEXT) === context);
  const status = isRecord(one['Status']) ? asText(one['Status']['State']) : null;
  // iDRAC disables one after three deliveries that failed (dell/iDRAC-Redfish-Scripting #370).
  const disabled = status !== null && /disabled|offline/i.test(status);
  return sameUrl(asText(one['Destination']), destination) && rightContext && !disabled;
}

function sameUrl(said: string | null, wanted: string): boolean {
  return said !== null && said.replace(/\/+$/, '').toLowerCase() === wanted.replace(/\/+$/, '').toLowerCase();
}

async function removeOne(bmc: Bmc, link: string): Promise<void> {
  try {
    await bmc.send({ method: 'DELETE', link });
  } catch (error) {
    if (!(error instanceof AdapterError) || error.kind !== 'not-found') throw error;
  }
}

/** In the form that worked before, else in each until one is taken. */
async function make(bmc: Bmc, list: string, service: Resource, wish: Subscription): Promise<string | null> {
  const forms = formsOf(service, wish);
  const known = forms.find(({ name }) => name === bmc.learnt(FORM));
  let refused: unknown;
  for (const { name, body } of known ? [known, ...forms.filter((one) => one !== known)] : forms) {
    try {
      const answer = await bmc.send({ method: 'POST', link: list, body });
      bmc.learn(FORM, name);
      bmc.learn(CONTEXT, wish.context);
      return answer.location ?? asLink(answer.body);
    } catch (error) {
      if (!(error instanceof AdapterError) || error.kind !== 'rejected') throw error;
      refused ??= error;
    }
  }
  throw refused;
}

interface Form {
  name: string;
  body: Resource;
}

/** Event types were demanded until 1.5 and are refused by some since; whoever lists them takes them. */
function formsOf(service: Resource, { destination, context }: Subscription): Form[] {
  const bare = { Destination: destination, Protocol: 'Redfish', Context: context };
  const offered = asList(service['EventTypesForSubscription']).map(asText);
  const wanted = ['Alert', 'StatusChange'].filter((type) => offered.includes(type));
  const typed: Form = { name: 'types', body: { ...bare, EventTypes: wanted.length > 0 ? wanted : ['Alert'] } };
  const full: Form = {
    name: 'full',
    body: { ...bare, EventFormatType: 'Event', SubscriptionType: 'RedfishEvent', DeliveryRetryPolicy: 'RetryForever' },
  };
  const plain: Form = { name: 'plain', body: bare };
  return offered.length > 0 ? [typed, full, plain] : [full, plain, typed];
}
