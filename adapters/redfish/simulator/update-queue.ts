import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import { laterOf } from './later.ts';
import type { SimulatedTasks } from './tasks.ts';
import { foldPath, type Body } from './tree.ts';

/** HPE's repository of images, and its queue of what iLO, UEFI or an agent shall install of it, strictly in order. */
export interface UpdateQueue {
  /** Undefined: none of its places. */
  answer(request: SimulatedRequest): SimulatedAnswer | undefined;
  /** Images that were taken into the repository, in order, also those that are not there any more. */
  stored(): readonly string[];
  /** How many tasks were put into the queue from outside. */
  posted(): number;
  /** The server begins to boot: UEFI installs what waits for it. */
  booted(): void;
  close(): void;
}

export interface UpdateQueueOptions {
  /** What may install the images that are taken in, as their package says. */
  updatableBy: readonly ('Bmc' | 'Uefi' | 'RuntimeAgent')[];
  durationMs: number;
  /** iLO 7: what UEFI has installed stays Pending for ever. */
  staysPending: boolean;
  /** What becomes of an image at its end; a text: it failed. */
  end(image: string): string | undefined;
}

interface State {
  read(path: string): Body | undefined;
  write(path: string, part: Body | null): void;
  tasks: SimulatedTasks;
}

const SERVICE = '/redfish/v1/UpdateService';
const QUEUE = `${SERVICE}/UpdateTaskQueue`;
const REPOSITORY = `${SERVICE}/ComponentRepository`;
const ADD = `${SERVICE}/Actions/Oem/Hpe/HpeiLOUpdateServiceExt.AddFromUri`;

export function updateQueueOf(options: UpdateQueueOptions, { read, write, tasks }: State): UpdateQueue {
  const later = laterOf();
  const stored: string[] = [];
  let posted = 0;
  const says = (State: string): void => {
    write(SERVICE, {
      Oem: {
        Hpe: {
          State,
          Actions: { '#HpeiLOUpdateServiceExt.AddFromUri': { target: ADD } },
          ComponentRepository: { '@odata.id': REPOSITORY },
          UpdateTaskQueue: { '@odata.id': QUEUE },
        },
      },
    });
  };
  const list = (path: string, type: string, more: Body = {}): void => {
    write(path, { '@odata.id': path, '@odata.type': `#${type}.${type}`, Name: type, ...more, ...counted([]) });
  };
  says('Idle');
  list(QUEUE, 'HpeComponentUpdateTaskQueueCollection');
  list(REPOSITORY, 'HpeComponentCollection', { Oem: { Hpe: { FreeSizeBytes: 1e9, TotalSizeBytes: 1e9 } } });

  const linksIn = (path: string): string[] =>
    ((read(path)?.['Members'] ?? []) as Body[]).map((one) => String(one['@odata.id']));
  const setLinks = (path: string, links: readonly string[]): void => write(path, counted(links));
  const bodiesIn = (path: string): Body[] => linksIn(path).map((link) => read(link) ?? {});

  function addFromUri(request: SimulatedRequest): SimulatedAnswer {
    const { ImageURI, UpdateRepository, UpdateTarget } = (request.json ?? {}) as Record<string, unknown>;
    if (typeof ImageURI !== 'string') return refuse(400, 'ActionParameterMissing', 'ImageURI is missing.');
    if (UpdateRepository !== true || UpdateTarget !== false)
      return refuse(400, 'ActionParameterValueFormatError', 'This BMC only takes images in.');
    const Filename = ImageURI.split('/').at(-1) ?? '';
    stored.push(Filename);
    says('Uploading');
    const end = (): undefined => {
      says('Complete');
      const link = `${REPOSITORY}/${idOf(Filename)}`;
      const type = { '@odata.id': link, '@odata.type': '#HpeComponent.v1_0_1.HpeComponent', Id: idOf(Filename) };
      // Nothing is fetched: an image has one byte here.
      write(link, { ...type, Name: Filename, Filename, Locked: false, SizeBytes: 1, UpdatableBy: options.updatableBy });
      setLinks(REPOSITORY, [...linksIn(REPOSITORY).filter((one) => one !== link), link]);
    };
    return tasks.begin({ name: 'Add component to repository', uri: request.path, end });
  }

  function enqueue(request: SimulatedRequest): SimulatedAnswer {
    const { Name, Command, Filename, UpdatableBy, TPMOverride } = (request.json ?? {}) as Record<string, unknown>;
    if (typeof Name !== 'string' || Name.length > 64) return refuse(400, 'PropertyValueFormatError', 'Name is wrong.');
    if (bodiesIn(QUEUE).some((one) => one['Name'] === Name))
      return refuse(400, 'ResourceAlreadyExists', `A task of the name ${Name} exists.`);
    if (Command !== 'ApplyUpdate') return refuse(400, 'PropertyValueNotInList', 'Command is wrong.');
    if (!bodiesIn(REPOSITORY).some((one) => one['Filename'] === Filename))
      return refuse(400, 'ComponentNotFound', `There is no ${String(Filename)} in the repository.`);
    // All recorded servers have one, and with one in use nothing is flashed without this.
    if (TPMOverride !== true) return refuse(400, 'TPMOverrideRequired', 'A TPM is in use.');
    posted += 1;
    const link = `${QUEUE}/${idOf(Name)}`;
    write(link, {
      ...{ '@odata.id': link, '@odata.type': '#HpeComponentUpdateTask.v1_5_0.HpeComponentUpdateTask' },
      ...{ Id: idOf(Name), Name, Command, Filename, UpdatableBy, TPMOverride, State: 'Pending' },
      Created: new Date().toISOString(),
    });
    setLinks(QUEUE, [...linksIn(QUEUE), link]);
    goOn('Bmc');
    return { status: 201, headers: { location: link }, body: read(link) };
  }

  /** Updaters pass by what has ended well, and stop at everything else. */
  function goOn(who: 'Bmc' | 'Uefi'): void {
    for (const link of linksIn(QUEUE)) {
      const task = read(link) ?? {};
      if (task['State'] === 'Complete' || task['State'] === 'Canceled') continue;
      if (task['State'] !== 'Pending' || !((task['UpdatableBy'] ?? []) as unknown[]).includes(who)) return;
      if (who === 'Uefi' && options.staysPending) {
        options.end(String(task['Filename']));
        continue;
      }
      write(link, { State: 'InProgress' });
      later(options.durationMs, () => {
        const failed = options.end(String(task['Filename']));
        const Result = failed === undefined ? { MessageId: 'iLO.2.14.UpdateSuccess' } : failure(failed);
        // Meanwhile it may have been taken off.
        if (read(link) !== undefined) write(link, { State: failed === undefined ? 'Complete' : 'Exception', Result });
        goOn(who);
      });
      return;
    }
  }

  function remove(list: string, link: string): SimulatedAnswer {
    const task = read(link) ?? {};
    if (list === QUEUE && task['State'] === 'InProgress')
      return refuse(400, 'ResourceInUse', 'The task is being executed.');
    if (list === REPOSITORY && (task['Locked'] === true || isNeeded(task['Filename'])))
      return refuse(400, 'ResourceInUse', 'The component is locked.');
    setLinks(
      list,
      linksIn(list).filter((one) => foldPath(one) !== foldPath(link)),
    );
    write(link, null);
    return { status: 200, body: {} };
  }
  /** Whatever stands in the queue keeps its image, also once it has ended. */
  function isNeeded(file: unknown): boolean {
    return bodiesIn(QUEUE).some((one) => one['Filename'] === file);
  }

  return {
    stored: () => stored,
    posted: () => posted,
    booted: () => goOn('Uefi'),
    close: () => later.close(),
    answer(request) {
      const path = foldPath(request.path);
      if (request.method === 'POST' && path === foldPath(ADD)) return addFromUri(request);
      if (request.method === 'POST' && path === foldPath(QUEUE)) return enqueue(request);
      const list = [QUEUE, REPOSITORY].find((one) => linksIn(one).some((link) => foldPath(link) === path));
      return request.method === 'DELETE' && list !== undefined ? remove(list, path) : undefined;
    },
  };
}

function counted(links: readonly string[]): Body {
  return { Members: links.map((link) => ({ '@odata.id': link })), 'Members@odata.count': links.length };
}

/** Addresses follow from names. */
function idOf(name: string): string {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 0xff_ff_ff_ff;
  return hash.toString(16).padStart(8, '0');
}

function failure(why: string): Body {
  return { MessageId: 'iLO.2.14.UpdateFailed', MessageArgs: [why] };
}
