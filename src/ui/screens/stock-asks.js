import { post } from './api.js';
import { ask } from './ask.js';

export const CONDITIONS = /** @type {const} */ (['NEW', 'TESTED', 'REFURBISHED', 'FAILED', 'RMA', 'SCRAP']);
const CHOICES = CONDITIONS.map((one) => /** @type {const} */ ([one, one]));
const reason = /** @type {const} */ ({ name: 'reason', label: 'Reason', kind: 'area', max: 500, required: true });

/** What a dialog gave, without what was left empty; quantities as numbers. @param {Record<string, unknown>} values */
export function bodyOf(values) {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => [name, name === 'quantity' && /^\d+$/.test(String(value)) ? Number(value) : value]),
  );
}

/** @param {{ location?: string | undefined }} [known] @returns {Promise<any>} the item, undefined where nothing was done */
export async function askReceive(known = {}) {
  const done = await ask({
    title: 'Receive',
    text: 'A piece has a serial or a barcode of its own. Without one it is counted, by its LOT.',
    fields: [
      { name: 'serial', label: 'Serial', max: 128 },
      { name: 'barcode', label: 'Barcode', max: 128 },
      { name: 'lot', label: 'LOT', max: 80, hint: 'its code; a serial that the hub knows says it by itself' },
      { name: 'quantity', label: 'How many', value: '1', hint: 'of a LOT; a piece is one' },
      {
        name: 'location',
        label: 'Warehouse or bin',
        required: true,
        value: known.location ?? null,
        hint: 'its path, e.g. eu / ams1 / store / A3',
      },
      { name: 'condition', label: 'Condition', kind: 'choice', required: true, options: CHOICES },
      { name: 'warranty_until', label: 'Warranty until', kind: 'date' },
      { name: 'supplier', label: 'Supplier', max: 150 },
      { name: 'purchase_order', label: 'Purchase order', max: 120 },
    ],
    action: 'Receive',
    send: (values, key) => post('/v1/stock/receipts', bodyOf(values), key),
  });
  return done?.answer;
}

/** @param {any} item */
export async function askMove(item) {
  const done = await ask({
    title: `Move ${labelOf(item)}`,
    text: `It is ${item.condition} at ${item.place ?? 'a place that nobody has said'}.`,
    fields: [
      { name: 'location', label: 'To', value: item.place, hint: 'path of a warehouse or bin' },
      {
        ...{ name: 'condition', label: 'Condition', kind: 'choice', required: true, value: item.condition },
        options: [
          [item.condition, `${item.condition} (as it is)`],
          ...CHOICES.filter(([one]) => one !== item.condition),
        ],
      },
      ...(item.tracking === 'bulk'
        ? [{ name: 'quantity', label: 'How many', hint: `left empty: all ${item.available} that are free` }]
        : []),
      { ...reason, required: false },
    ],
    action: 'Move',
    send: (values, key) => post(`/v1/stock/items/${item.id}/move`, bodyOf(values), key),
  });
  return done?.answer;
}

/** @param {any} item */
export async function askScrap(item) {
  const done = await ask({
    title: `Scrap ${labelOf(item)}`,
    fields: [
      ...(item.tracking === 'bulk' ? [{ name: 'quantity', label: 'How many', value: '1', required: true }] : []),
      reason,
    ],
    action: 'Scrap',
    send: (values, key) => post(`/v1/stock/items/${item.id}/scrap`, bodyOf(values), key),
  });
  return done?.answer;
}

/** @param {any} item */
export async function askReturn(item) {
  const done = await ask({
    title: `Send ${labelOf(item)} back`,
    fields: [
      { name: 'rma', label: 'RMA number', required: true, max: 120, hint: 'the vendor’s, for this return' },
      { name: 'supplier', label: 'To', value: item.supplier, max: 150 },
      ...(item.tracking === 'bulk' ? [{ name: 'quantity', label: 'How many', value: '1', required: true }] : []),
      reason,
    ],
    action: 'Send back',
    send: (values, key) => post(`/v1/stock/items/${item.id}/return`, bodyOf(values), key),
  });
  return done?.answer;
}

/** What came for a return: it is received with it. @param {any} sent a return */
export async function askReplaced(sent) {
  const { item } = sent;
  const done = await ask({
    title: `Return ${sent.rma}: replaced`,
    text: `For ${sent.quantity} × ${item === null ? 'what was sent' : labelOf(item)}. What came is received, and the return is closed for good.`,
    fields: [
      { name: 'serial', label: 'Serial of what came', max: 128, scan: true, hint: 'scan it' },
      { name: 'barcode', label: 'Barcode', max: 128, scan: true, hint: 'of a label that you stuck on it' },
      { name: 'lot', label: 'LOT', value: item?.lot ?? null, max: 80, scan: true },
      ...(sent.quantity > 1
        ? [{ name: 'quantity', label: 'How many', value: '1', hint: 'counted by the LOT, where there is no serial' }]
        : []),
      {
        ...{ name: 'location', label: 'Warehouse or bin', required: true, scan: true },
        ...{ value: item?.place ?? null, hint: 'its path, e.g. eu / ams1 / store / A3' },
      },
      { name: 'condition', label: 'Condition', kind: 'choice', required: true, options: CHOICES },
      { name: 'warranty_until', label: 'Warranty until', kind: 'date' },
    ],
    action: 'Receive it and close the return',
    send: (values, key) =>
      post(`/v1/stock/returns/${sent.id}/close`, { outcome: 'replaced', replacement: bodyOf(values) }, key),
  });
  return done?.answer;
}

/** Nothing comes for a return. @param {any} sent @param {'credited' | 'refused'} outcome */
export async function askClosed(sent, outcome) {
  const what = `${sent.quantity} × ${sent.item === null ? 'what was sent' : labelOf(sent.item)}`;
  const end = outcome === 'credited' ? 'paid back' : 'neither replaced nor paid back';
  const done = await ask({
    title: `Return ${sent.rma}: ${outcome}`,
    text: `${what} is ${end}: nothing comes for it. The return is closed for good.`,
    fields: [],
    action: `Close it as ${outcome}`,
    send: (_values, key) => post(`/v1/stock/returns/${sent.id}/close`, { outcome }, key),
  });
  return done?.answer;
}

/** @param {any} reservation */
export async function askRelease(reservation) {
  const done = await ask({
    title: 'Set the part free',
    text: 'Its ticket has no spare then, until it gets another one.',
    fields: [reason],
    action: 'Set free',
    send: (values, key) => post(`/v1/stock/reservations/${reservation.id}/release`, bodyOf(values), key),
  });
  return done?.answer;
}

/** @param {any} item */
export function labelOf(item) {
  return [item.lot ?? item.model ?? item.kind, item.serial ?? item.barcode].filter(Boolean).join(' ');
}
