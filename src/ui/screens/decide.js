import { post, Problem } from './api.js';
import { actionButton, ask } from './ask.js';
import { findServers } from './find-server.js';
import { h } from './h.js';
import { partsOf, serverName, serversOf, splitKey } from './review-words.js';
import { whyNotAllowed } from './session.js';

/** @typedef {{ title: string, text: string, fields: import('./ask.js').Field[], send(values: Record<string, any>): Promise<Record<string, unknown>> | Record<string, unknown> }} Choice */

const REASON = /** @type {import('./ask.js').Field} */ ({
  name: 'reason',
  label: 'Reason',
  kind: 'area',
  required: true,
  max: 500,
  hint: 'Stands beside the decision; it can be taken back.',
});
const SERVER = /** @type {import('./ask.js').Field} */ ({
  name: 'server',
  label: 'Server: its serial, name or id',
  required: true,
  max: 100,
});

/** What can be decided about a review, as buttons. @param {any} review @param {() => void} onDone */
export function decideButtons(review, onDone) {
  if (review.state !== 'open') return null;
  const lacks = whyNotAllowed('components:write');
  return h(
    'span',
    { class: 'row-actions' },
    choicesOf(review).map((choice) => actionButton(choice.title, lacks, () => void decide(review, choice, onDone))),
  );
}

/** @param {any} review @param {Choice} choice @param {() => void} onDone */
async function decide(review, choice, onDone) {
  const done = await ask({
    title: choice.title,
    text: choice.text,
    fields: [...choice.fields, REASON],
    action: 'Decide',
    send: async (values, key) =>
      post(
        '/v1/identity/decisions',
        { ...(await choice.send(values)), review_id: review.id, reason: values['reason'] },
        key,
      ),
  });
  if (done) onDone();
}

/** @param {any} review @returns {Choice[]} */
function choicesOf(review) {
  return [...(CHOICES[review.kind]?.(review) ?? []), dismissal(review)];
}

/** @param {any} review @returns {Choice} */
function dismissal(review) {
  const texts = /** @type {Record<string, string>} */ ({
    'evidence-of-several-servers': 'They are different servers. The evidence stays with neither.',
    'serial-claimed-twice': 'It is one server; its board was changed.',
    'component-in-two-places': 'Both sightings stand as they are, as a conflict on both timelines.',
    'bundle-without-place': 'The bundle is kept, and speaks of no server.',
  });
  return {
    title: 'Leave it as it is',
    text: texts[review.kind] ?? 'Nothing changes, and the question is closed.',
    fields: [],
    send: () => ({ kind: 'dismiss' }),
  };
}

const CHOICES = /** @type {Record<string, (review: any) => Choice[]>} */ ({
  'evidence-of-several-servers': (review) => [...oneServer(review), ...ofServer(review)],
  'serial-claimed-twice': (review) => [...oneServer(review), ...ofServer(review)],
  'component-in-two-places': twoParts,
  'maybe-one-component': onePart,
  'bundle-without-place': (review) => [
    {
      title: 'It is of …',
      text: 'What is in the bundle goes into the history of this server.',
      fields: [SERVER],
      send: async ({ server }) => ({
        kind: 'place-bundle',
        sha256: review.evidence.bundle ?? review.subject,
        asset_id: await oneFound(server),
      }),
    },
  ],
});

/** @param {any} review @returns {Choice[]} */
function oneServer(review) {
  const options = serversOf(review).map((id) => /** @type {const} */ ([id, serverName(id)]));
  if (options.length < 2) return [];
  return [
    {
      title: 'They are one server',
      text: 'All that shows itself as the one is the other from now on, and their histories become one.',
      fields: [
        { name: 'from', label: 'This record', kind: 'choice', options, value: options[1]?.[0] ?? null },
        { name: 'to', label: 'is the server', kind: 'choice', options },
      ],
      send: ({ from, to }) => ({ kind: 'merge-assets', ...different(from, to) }),
    },
  ];
}

/** @param {any} review @returns {Choice[]} */
function ofServer(review) {
  const cards = /** @type {any[]} */ (review.evidence.cards ?? []);
  if (cards.length === 0) return [];
  return [
    {
      title: 'One of them is of …',
      text: 'All collections that show this set of evidence are of that server, whatever else the evidence says.',
      fields: [
        {
          name: 'card',
          label: 'What shows',
          kind: 'choice',
          options: cards.map((card) => /** @type {const} */ ([card.id, cardName(card)])),
        },
        { ...SERVER, label: 'is of the server: its serial, name or id' },
      ],
      send: async ({ card, server }) => ({ kind: 'assign-card', card_id: card, asset_id: await oneFound(server) }),
    },
  ];
}

/** @param {any} review @returns {Choice[]} */
function twoParts(review) {
  const { places = [], component_id: id } = review.evidence;
  const options = places.map(
    (/** @type {any} */ place) =>
      /** @type {const} */ ([place.id, place.type === 'asset' ? serverName(place.id) : `place ${place.id.slice(-12)}`]),
  );
  if (options.length === 0) return [];
  return [
    {
      title: 'They are two parts',
      text: 'What shows this serial in one of the places is another part, with a passport of its own.',
      fields: [{ name: 'place', label: 'The other one is in', kind: 'choice', options }],
      send: ({ place }) => ({ kind: 'split-component', component_id: id ?? review.subject, place_id: place }),
    },
  ];
}

/** @param {any} review @returns {Choice[]} */
function onePart(review) {
  const options = partsOf(review).map(({ id, serial }) => /** @type {const} */ ([id, serial ?? id.slice(-12)]));
  if (options.length < 2) return [];
  return [
    {
      title: 'They are one part',
      text: 'Both passports become one.',
      fields: [
        { name: 'from', label: 'This one', kind: 'choice', options, value: options[1]?.[0] ?? null },
        { name: 'to', label: 'is', kind: 'choice', options },
      ],
      send: ({ from, to }) => ({ kind: 'merge-components', ...different(from, to) }),
    },
  ];
}

/** @param {any} card */
function cardName({ host_name: name, keys }) {
  const shown = keys.map((/** @type {string} */ key) => splitKey(key).value).slice(0, 3);
  return [name, shown.join(', ')].filter(Boolean).join(': ');
}

/** @param {string} from @param {string} to */
function different(from, to) {
  if (from === to) throw refusal('to', 'is the same as the first: choose two different ones');
  return { from, to };
}

/** @param {string} text @returns {Promise<string>} */
async function oneFound(text) {
  const { found } = await findServers(text, AbortSignal.timeout(30_000));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.id;
  throw refusal(
    'server',
    only === undefined ? `no server is called ${text}` : `${found.length} servers begin like that: write more of it`,
  );
}

/** @param {string} field @param {string} message */
function refusal(field, message) {
  return new Problem({ status: 400, title: 'Not decided', detail: message, errors: [{ field: `/${field}`, message }] });
}
