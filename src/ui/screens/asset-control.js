import { get, newIdempotencyKey, post } from './api.js';
import { actionButton, ask } from './ask.js';
import { chip } from './chip.js';
import { BOOT_CHOICES, bootText, powerButtons } from './control-words.js';
import { h, slot } from './h.js';
import { problemBox } from './problem.js';
import { whyNotAllowed } from './session.js';
import { when } from './when.js';

/** @type {Record<string, string>} */
const LIGHT = { true: 'on', false: 'off' };

/**
 * Power, next boot, virtual media and light of a server, with what it can be told. Each is as its BMC said last, with when.
 * @param {string} id
 * @param {{ signal: AbortSignal, follow(jobs: string): void, name(): string }} page
 */
export function assetControl(id, { signal, follow, name }) {
  const path = `/v1/assets/${id}`;
  /** @type {{ control: any, reachable: boolean } | undefined} */
  let last;
  const said = slot(h('div', null), (/** @type {any} */ { control, lacks }) => lines(control, lacks));
  const faults = h('div', null);
  const section = h('section', { class: 'control', hidden: true }, said.node, faults);

  function show() {
    if (last === undefined) return;
    section.hidden = !last.reachable;
    said.show({ control: last.control, lacks: whyNotAllowed('assets:write') });
  }

  /**
   * A dialog with a reason; the job that follows is shown where the page shows its jobs.
   * @param {{ title: string, text: string, action: string, fields?: import('./ask.js').Field[], to: string, body(values: Record<string, any>): object }} question
   */
  async function request({ title, text, action, fields = [], to, body }) {
    const reason = { name: 'reason', label: 'Reason', max: 500, required: true, hint: 'Stands in the timeline.' };
    const done = await ask({
      ...{ title: `${title}: ${name()}`, text, action, fields: [...fields, reason] },
      send: (values, key) => post(`${path}/${to}`, { ...body(values), reason: values['reason'] }, key),
    });
    if (done) follow(/** @type {{ jobs: string }} */ (done.answer).jobs);
  }

  /** @param {import('./control-words.js').PowerButton} button */
  const power = ({ action, text, says }) =>
    request({ title: text, text: says, action: text, to: 'power', body: () => ({ action }) });

  const boot = () =>
    request({
      title: 'Boot once from',
      text: 'Holds for the next start only. It does not restart the server.',
      action: 'Set',
      to: 'boot',
      fields: [
        { name: 'target', label: 'From', kind: 'choice', options: BOOT_CHOICES, required: true },
        {
          name: 'mode',
          label: 'Mode of the firmware',
          kind: 'choice',
          options: [
            ['', 'as it is'],
            ['UEFI', 'UEFI'],
            ['Legacy', 'Legacy'],
          ],
        },
        { name: 'http_uri', label: 'Address', max: 1000, hint: 'For UEFI HTTP only.' },
      ],
      body: ({ target, mode, http_uri }) => ({ target, mode, http_uri }),
    });

  const insert = () =>
    request({
      title: 'Insert an image',
      text: 'The BMC itself fetches it: the address has to be reachable from there.',
      action: 'Insert',
      to: 'media',
      fields: [
        { name: 'image', label: 'Address of the image', max: 1000, required: true },
        {
          name: 'type',
          label: 'As',
          kind: 'choice',
          options: [
            ['CD', 'CD'],
            ['USBStick', 'USB stick'],
          ],
          required: true,
        },
      ],
      body: ({ image, type }) => ({ do: 'insert', image, type }),
    });

  const eject = () =>
    request({
      title: 'Eject all virtual media',
      text: 'An operating system that reads from it loses it.',
      action: 'Eject',
      to: 'media',
      body: () => ({ do: 'eject' }),
    });

  /** Harmless, so without a question. @param {string} to @param {object} body */
  async function at(to, body) {
    faults.replaceChildren();
    try {
      follow((await post(`${path}/${to}`, body, newIdempotencyKey())).jobs);
    } catch (error) {
      faults.replaceChildren(problemBox(error));
    }
  }

  /** @param {any} control @param {string | undefined} lacks */
  function lines({ power: seen, boot: next, media, light }, lacks) {
    const state = seen?.state ?? null;
    const inserted = (media?.drives ?? []).filter((/** @type {any} */ drive) => drive.inserted === true);
    const lit = light?.lit ?? null;
    return [
      h('h2', null, 'Power and boot'),
      h(
        'dl',
        { class: 'facts' },
        line('Power', seen === null ? null : [state === null ? 'the BMC does not say' : chip(state)], seen?.read_at),
        line('Next boot', bootText(next), next?.read_at),
        line('Media', media && (inserted.map(imageOf).join(', ') || 'empty'), media?.read_at),
        line('Light', lit === null ? null : LIGHT[String(lit)], light?.read_at),
      ),
      h(
        'div',
        { class: 'actions', role: 'group', 'aria-label': 'What the server can be told' },
        powerButtons(state).map((button) => actionButton(button.text, lacks, () => void power(button))),
        actionButton('Boot once from…', lacks, () => void boot()),
        actionButton('Insert an image…', lacks, () => void insert()),
        actionButton('Eject', lacks, () => void eject()),
        lit !== true && actionButton('Light on', lacks, () => void at('identify', { lit: true })),
        lit !== false && actionButton('Light off', lacks, () => void at('identify', { lit: false })),
        actionButton('Ask the BMC', lacks, () => void at('control/looks', {})),
      ),
    ];
  }

  return {
    node: section,
    show,
    /** @param {boolean} reachable whether its BMC has an address, and may be told anything */
    async load(reachable) {
      const control = await get(`${path}/control`, signal);
      last = { control, reachable };
      show();
    },
  };
}

/** @param {any} drive */
function imageOf({ image, id }) {
  return `${image ?? 'an image'} in ${id}`;
}

/** @param {string} name @param {import('./h.js').Child} said @param {string | undefined} readAt */
function line(name, said, readAt) {
  const value = said === null || said === undefined ? h('span', { class: 'dim' }, 'not known') : said;
  return h(
    'div',
    null,
    h('dt', null, name),
    h('dd', null, value, readAt && h('span', { class: 'dim' }, ' · ', when(readAt, { only: 'age' }))),
  );
}
