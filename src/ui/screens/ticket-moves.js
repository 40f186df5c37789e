import { post } from './api.js';
import { actionButton, ask } from './ask.js';
import { h } from './h.js';
import { whyNotAllowed } from './session.js';

const MOVES = [
  { move: 'reopen', title: 'Open again', from: ['DONE', 'WONT_FIX'] },
  { move: 'put_back', title: 'Put back', from: ['IN_PROGRESS'] },
  { move: 'start', title: 'Start work', from: ['OPEN'] },
  { move: 'finish', title: 'Finish', from: ['OPEN', 'IN_PROGRESS'] },
  { move: 'refuse', title: 'Will not be fixed', from: ['OPEN', 'IN_PROGRESS'] },
];

/** What may be done with a ticket now. @param {any} ticket @param {() => void} onDone */
export function ticketMoves(ticket, onDone) {
  const lacks = whyNotAllowed('tickets:write');
  return h(
    'span',
    { class: 'row-actions' },
    MOVES.filter(({ from }) => from.includes(ticket.state)).map(({ move, title }) =>
      actionButton(title, lacks, () => void make(ticket, move, title, onDone), `${title}: ${ticket.summary}`),
    ),
  );
}

/** @param {any} ticket @param {string} move @param {string} title @param {() => void} onDone */
async function make(ticket, move, title, onDone) {
  const done = await ask({
    title,
    text: ticket.summary,
    fields: [{ name: 'reason', label: 'Reason', kind: 'area', max: 500, required: move === 'refuse' }],
    action: title,
    send: (values, key) => post(`/v1/tickets/${ticket.id}/moves`, { move, reason: values['reason'] }, key),
  });
  if (done) onDone();
}
