import { bytes } from './format.js';
import { h } from './h.js';
import { problemBox } from './problem.js';
import { sendBundle } from './send-bundle.js';
import { snapshotLines } from './snapshot-lines.js';

/** A browser has six connections to a host, of which the screens need some. */
const AT_ONCE = 2;

/**
 * Where files are dropped or picked, and what became of each.
 * @param {{ signal: AbortSignal, onDone(): void }} spec
 */
export function dropBundles({ signal, onDone }) {
  /** @type {(() => Promise<void>)[]} */
  const queue = [];
  let running = 0;
  const lines = h('ul', { class: 'uploads', 'aria-label': 'Uploads' });
  const picker = /** @type {HTMLInputElement} */ (
    h('input', { id: 'bundle-files', type: 'file', multiple: true, class: 'hidden', onchange: pick })
  );
  const zone = h(
    'div',
    { class: 'drop', ondragover: over, ondragleave: leave, ondrop: drop },
    h(
      'p',
      null,
      'Drop files here, or ',
      picker,
      h('label', { for: 'bundle-files', class: 'button' }, 'choose files'),
      '.',
    ),
    h(
      'p',
      { class: 'dim' },
      'Archives of vendors (tar, zip), dumps of Redfish trees, outputs of smartctl, dmidecode, nvme, lshw, ipmitool …, one by one or packed together.',
    ),
  );

  /** @param {Event} event */
  function pick(event) {
    event.preventDefault();
    add([...(picker.files ?? [])]);
    // The same file once more is a change too.
    picker.value = '';
  }

  /** @param {DragEvent} event */
  function over(event) {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    zone.classList.add('over');
  }

  function leave() {
    zone.classList.remove('over');
  }

  /** @param {DragEvent} event */
  function drop(event) {
    event.preventDefault();
    leave();
    add([...(event.dataTransfer?.files ?? [])]);
  }

  /** @param {File[]} files */
  function add(files) {
    for (const file of files) {
      const line = uploadLine(file, () => void enqueue());
      const enqueue = () => (queue.push(() => run(file, line)), next());
      lines.append(line.node);
      enqueue();
    }
  }

  /** @param {File} file @param {ReturnType<typeof uploadLine>} line */
  async function run(file, line) {
    const control = new AbortController();
    line.start(() => control.abort());
    try {
      line.done(
        await sendBundle(file, { onProgress: line.progress, signal: AbortSignal.any([control.signal, signal]) }),
      );
    } catch (error) {
      if (!signal.aborted) line.failed(error);
    }
  }

  function next() {
    while (running < AT_ONCE && queue.length > 0) {
      running += 1;
      void queue
        .shift()?.()
        .finally(() => {
          running -= 1;
          if (running === 0 && queue.length === 0) onDone();
          next();
        });
    }
  }

  return { node: h('section', { 'aria-label': 'Upload' }, zone, lines), isBusy: () => running > 0 || queue.length > 0 };
}

/** @param {File} file @param {() => void} again */
function uploadLine(file, again) {
  const bar = /** @type {HTMLProgressElement} */ (
    h('progress', { max: Math.max(1, file.size), value: 0, 'aria-label': `Sending ${file.name}` })
  );
  const state = h('span', { class: 'dim', role: 'status' }, 'waits');
  const result = h('div', null);
  const stop = h('button', { type: 'button', class: 'quiet', hidden: true }, 'Stop');
  const node = h(
    'li',
    null,
    h(
      'div',
      { class: 'upload' },
      h('b', { class: 'clip long', title: file.name }, file.name),
      h('span', { class: 'dim' }, bytes(file.size, 1000)),
      bar,
      state,
      stop,
    ),
    result,
  );
  let halt = () => {};
  stop.addEventListener('click', () => halt());

  return {
    node,
    /** @param {() => void} abort */
    start(abort) {
      halt = abort;
      stop.hidden = false;
      bar.hidden = false;
      result.replaceChildren();
      state.textContent = 'is sent';
    },
    /** @param {number} sent */
    progress(sent) {
      bar.value = sent;
      // What is sent has to be read: the hub answers when the history knows it.
      state.textContent = sent >= file.size ? 'is read …' : `${bytes(sent, 1000)} of ${bytes(file.size, 1000)}`;
    },
    /** @param {{ bundle: any, isNew: boolean }} answer */
    done({ bundle, isNew }) {
      stop.hidden = true;
      bar.hidden = true;
      const unknown = bundle.snapshots.length === 0;
      state.replaceChildren(
        h('span', { class: `chip ${unknown ? 'warn' : 'good'}` }, wordFor(isNew, unknown)),
        ' ',
        h('a', { href: `/ui/bundles/${bundle.sha256}` }, 'bundle'),
      );
      result.replaceChildren(...snapshotLines(bundle));
    },
    /** @param {unknown} error */
    failed(error) {
      stop.hidden = true;
      bar.hidden = true;
      state.replaceChildren(h('span', { class: 'chip bad' }, 'not taken'));
      result.replaceChildren(problemBox(error, again));
    },
  };
}

/** @param {boolean} isNew @param {boolean} isUnknown */
function wordFor(isNew, isUnknown) {
  if (!isNew) return 'was here before';
  return isUnknown ? 'kept, nothing understood' : 'taken';
}
