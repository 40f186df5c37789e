import { post } from './api.js';
import { actionButton, ask } from './ask.js';
import { chip } from './chip.js';
import { UNKNOWN } from './format.js';
import { h } from './h.js';
import { createList } from './list.js';
import { whyNotAllowed } from './session.js';
import { subjectLink } from './subject-link.js';
import { when } from './when.js';

/** @type {import('./ask.js').Field[]} */
const PLACE = [
  { name: 'site', label: 'Site', max: 100 },
  { name: 'rack', label: 'Rack', max: 100 },
  { name: 'position', label: 'Lowest U', kind: 'number' },
];
/** @type {import('./ask.js').Field[]} */
const CREDENTIALS = [
  { name: 'bmc_username', label: 'BMC user', max: 100, hint: 'Empty: the one that is set for all.' },
  { name: 'bmc_password', label: 'BMC password', kind: 'password', hint: 'Encrypted, and never shown again.' },
];

/** @param {string | number | null} text */
const cell = (text) => text ?? h('span', { class: 'dim' }, UNKNOWN);
/** @param {string | null} text */
const mono = (text) => (text === null ? cell(null) : h('code', null, text));

export async function arrivalsPage() {
  const strangersNote = h('p', { class: 'dim' });
  const bmcColumns = [
    { title: 'MAC', head: true, cell: (/** @type {any} */ bmc) => mono(bmc.mac) },
    { title: 'State', cell: (/** @type {any} */ bmc) => chip(bmc.state, bmc.state_reason ?? undefined) },
    { title: 'Address', cell: (/** @type {any} */ bmc) => mono(bmc.ip) },
    {
      title: 'Says it is',
      cell: (/** @type {any} */ bmc) => [
        cell(bmc.hostname),
        bmc.vendor_class && h('span', { class: 'dim' }, ` ${bmc.vendor_class}`),
      ],
    },
  ];
  const why = {
    title: 'Why',
    wide: true,
    cell: (/** @type {any} */ bmc) => h('span', { class: 'clip', title: bmc.state_reason }, cell(bmc.state_reason)),
  };
  const evidence = [
    {
      title: 'Network',
      wide: true,
      cell: (/** @type {any} */ bmc) => [
        bmc.subnet_id && `subnet ${bmc.subnet_id}`,
        bmc.relay && ` relay ${bmc.relay}`,
      ],
    },
    { title: 'Told by', wide: true, cell: (/** @type {any} */ bmc) => bmc.source },
    { title: 'First seen', wide: true, cell: (/** @type {any} */ bmc) => when(bmc.first_seen_at, { only: 'age' }) },
    { title: 'Last seen', cell: (/** @type {any} */ bmc) => when(bmc.last_seen_at) },
    { title: 'Times', number: true, wide: true, cell: (/** @type {any} */ bmc) => bmc.sightings },
  ];
  const strangers = createList({
    path: '/v1/bmcs',
    title: 'Unexpected BMCs',
    cursor: 'strangers_cursor',
    filters: [],
    fixed: { state: 'unexpected' },
    columns: [
      ...bmcColumns,
      why,
      ...evidence,
      {
        title: 'Do',
        cell: (/** @type {any} */ bmc) => [
          actionButton('Adopt', whyNotAllowed('arrivals:write'), () => void adopt(bmc), `Adopt ${bmc.mac}`),
          ' ',
          actionButton('Ignore', whyNotAllowed('arrivals:write'), () => void ignore(bmc), `Ignore ${bmc.mac}`),
        ],
      },
    ],
    key: (bmc) => bmc.id,
    tone: () => 'ill',
    empty: h('p', null, 'None: every BMC that asked for an address is known, expected or ignored.'),
    onRows: (rows) =>
      (strangersNote.textContent =
        rows.length === 0
          ? ''
          : 'These asked for an address and are nobody that we know. Nothing is done with them until somebody says what they are.'),
  });
  const bmcs = createList({
    path: '/v1/bmcs',
    title: 'BMCs',
    filters: [
      { name: 'state', api: 'state', label: 'State', options: ['unexpected', 'sighted', 'recognised', 'ignored'] },
    ],
    columns: [
      ...bmcColumns,
      why,
      { title: 'Server', cell: (bmc) => (bmc.asset_id === null ? cell(null) : subjectLink('asset', bmc.asset_id)) },
      ...evidence,
    ],
    key: (bmc) => bmc.id,
    assetOf: (bmc) => bmc.asset_id,
    empty: h('p', null, 'No BMC has asked for an address yet. The DHCP server must call the hub: see deploy/dhcp.'),
  });
  const machines = createList({
    path: '/v1/expected-machines',
    title: 'Expected machines',
    cursor: 'machines_cursor',
    filters: [
      {
        name: 'arrived',
        api: 'arrived',
        label: 'Arrived',
        options: [
          ['true', 'yes'],
          ['false', 'no'],
        ],
      },
    ],
    tools: h(
      'span',
      { class: 'tool' },
      actionButton('Expect a machine', whyNotAllowed('arrivals:write'), () => void expect()),
    ),
    columns: [
      { title: 'BMC', head: true, cell: (machine) => mono(machine.bmc_mac) },
      {
        title: 'Arrived',
        cell: (machine) =>
          machine.arrived_at === null ? chip('no') : [chip('yes'), ' ', when(machine.arrived_at, { only: 'age' })],
      },
      {
        title: 'Name',
        cell: (machine) =>
          machine.asset_id === null
            ? cell(machine.name)
            : subjectLink('asset', machine.asset_id, machine.name ?? undefined),
      },
      { title: 'Serial', cell: (machine) => mono(machine.serial) },
      {
        title: 'Model',
        wide: true,
        cell: (machine) => [machine.manufacturer, machine.model].filter(Boolean).join(' ') || cell(null),
      },
      { title: 'Site', cell: (machine) => cell(machine.site) },
      { title: 'Rack', cell: (machine) => cell(machine.rack) },
      { title: 'U', number: true, cell: (machine) => cell(machine.position) },
      { title: 'Own credentials', wide: true, cell: (machine) => (machine.has_bmc_password ? 'yes' : 'no') },
      { title: 'Said', wide: true, cell: (machine) => when(machine.created_at) },
    ],
    key: (machine) => machine.id,
    empty: h(
      'p',
      null,
      'Nobody has said yet which machines will come. “Expect a machine” does, and so does ',
      h('code', null, 'POST /v1/expected-machines'),
      ' for up to 1,000 at once.',
    ),
  });
  const lists = [strangers, bmcs, machines];
  const refresh = () => lists.forEach((list) => list.refresh());

  /** @param {any} bmc */
  async function adopt(bmc) {
    const done = await ask({
      title: `Adopt ${bmc.mac}`,
      text: `It is at ${bmc.ip ?? 'no address'}${bmc.hostname ? ` and calls itself ${bmc.hostname}` : ''}. Which server is it? It is looked into and recorded then.`,
      fields: [
        { name: 'name', label: 'Name', required: true, max: 64 },
        { name: 'serial', label: 'Serial', max: 100, hint: 'Is compared with what the BMC says.' },
        { name: 'asset_tag', label: 'Asset tag', max: 64 },
        ...PLACE,
        ...CREDENTIALS,
      ],
      action: 'Adopt',
      send: (values, key) => post(`/v1/bmcs/${bmc.id}/adopt`, values, key),
    });
    if (done) refresh();
  }

  /** @param {any} bmc */
  async function ignore(bmc) {
    const done = await ask({
      title: `Ignore ${bmc.mac}`,
      text: 'It leaves this list and nothing is done with it.',
      fields: [{ name: 'reason', label: 'Reason', kind: 'area', required: true, max: 500 }],
      action: 'Ignore',
      send: (values, key) => post(`/v1/bmcs/${bmc.id}/ignore`, values, key),
    });
    if (done) refresh();
  }

  async function expect() {
    const done = await ask({
      title: 'Expect a machine',
      text: 'When a BMC with this MAC asks for an address, it becomes this server.',
      fields: [
        { name: 'bmc_mac', label: 'MAC of its BMC', required: true, max: 40, hint: 'Any usual writing.' },
        { name: 'name', label: 'Name', max: 64 },
        { name: 'serial', label: 'Serial', max: 100 },
        ...PLACE,
        ...CREDENTIALS,
      ],
      action: 'Expect it',
      send: (values, key) => post('/v1/expected-machines', said(values), key),
    });
    if (done) refresh();
  }

  const redraw = () => lists.forEach((list) => list.redraw());
  addEventListener('reanimator:missing-scope', redraw);
  const update = async () => void (await Promise.all(lists.map((list) => list.update())));
  await update();
  return {
    title: 'Arrivals',
    body: h(
      'div',
      null,
      h('h1', { tabindex: -1 }, 'Arrivals'),
      h('section', null, h('h2', null, 'Unexpected'), strangersNote, strangers.node),
      h('section', null, h('h2', null, 'Expected machines'), machines.node),
      h('section', null, h('h2', null, 'All BMCs that asked for an address'), bmcs.node),
    ),
    update,
    refresh,
    onEvent: (/** @type {any} */ event) => /^\/v1\/(?:bmcs|expected-machines)\//.test(event.subject) && refresh(),
    leave() {
      removeEventListener('reanimator:missing-scope', redraw);
      for (const list of lists) list.stop();
    },
  };
}

/** A field that is left out stays as it is where the machine is expected already; null would clear it. @param {Record<string, unknown>} values */
function said(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
