import { post } from './api.js';
import { actionButton, ask } from './ask.js';
import { chip } from './chip.js';
import { h } from './h.js';
import { bytes } from './format.js';
import { createList } from './list.js';
import { polledPage } from './polled-page.js';
import { whyNotAllowed } from './session.js';
import { when } from './when.js';

const POLL_MS = 5000;
const REPLAYABLE = new Set(['failed', 'unsupported']);

export async function deliveriesPage() {
  const list = createList({
    path: '/v1/deliveries',
    title: 'Deliveries',
    filters: [
      {
        name: 'state',
        api: 'state',
        label: 'State',
        options: ['failed', 'unsupported', 'pending', 'observed', 'ignored'],
      },
      { name: 'adapter', api: 'adapter', label: 'From' },
    ],
    columns: [
      { title: 'From', head: true, cell: (delivery) => h('span', { title: delivery.id }, delivery.adapter) },
      { title: 'State', cell: (delivery) => chip(delivery.state) },
      { title: 'Received', cell: (delivery) => when(delivery.received_at) },
      { title: 'Handled', wide: true, cell: (delivery) => when(delivery.handled_at) },
      { title: 'Size', number: true, wide: true, cell: (delivery) => bytes(delivery.bytes, 1000) },
      { title: 'Tries', number: true, cell: (delivery) => delivery.attempts },
      {
        title: 'Why',
        cell: (delivery) => h('span', { class: 'clip long', title: delivery.reason }, delivery.reason ?? ''),
      },
      {
        title: 'Do',
        cell: (delivery) =>
          REPLAYABLE.has(delivery.state) &&
          actionButton('Handle again', whyNotAllowed('jobs:write'), () => void replay(delivery)),
      },
    ],
    key: (delivery) => delivery.id,
    tone: (delivery) => (delivery.state === 'failed' ? 'ill' : undefined),
    empty: h(
      'p',
      null,
      'No system has sent a webhook yet. Where each one sends to is ',
      h('code', null, '/hooks/<system>'),
      ', signed with its secret.',
    ),
  });

  /** @param {any} delivery */
  async function replay(delivery) {
    const done = await ask({
      title: `Handle the delivery from ${delivery.adapter} again`,
      text: delivery.reason,
      fields: [],
      action: 'Handle again',
      send: (_values, key) => post(`/v1/deliveries/${delivery.id}/replay`, undefined, key),
    });
    if (done) list.refresh();
  }

  return polledPage('Deliveries', list, POLL_MS);
}
