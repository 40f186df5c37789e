import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import { firmwareRowsOf, versionIn } from './firmware-rows.ts';
import type { SimulatedTasks } from './tasks.ts';
import { updateQueueOf } from './update-queue.ts';
import { foldPath, type Body } from './tree.ts';

/** How a simulated BMC takes firmware. An image is called `COMPONENT_VERSION.ext`; a plain push says so in its first line. */
export interface UpdateOptions {
  /** What the update service offers. Default SimpleUpdate, and what the tree has besides. */
  ways?: readonly ('simple' | 'multipart' | 'push')[];
  /** When the version changes. Default at once. */
  applies?: 'at-once' | 'host-reset' | 'bmc-reset';
  /** 'fails': and says so; 'stays': says that it went well, and the old version stands there; 'breaks': fails, and leaves another version. */
  ends?: 'well' | 'fails' | 'stays' | 'breaks';
  maxImageBytes?: number;
  /** What SimpleUpdate can fetch. Default HTTP and HTTPS. */
  protocols?: readonly string[];
  /** Lenovo: a push is claimed first. */
  claims?: boolean;
  /** Supermicro from X12 on: an upload is checked, and installed once it is told to start. Takes nothing else meanwhile. */
  staged?: boolean;
  /** HPE: the service itself says what it is doing; there is no task. */
  hpe?: boolean;
  /** HPE: images are taken into a repository, and installed by one of these (UEFI: at the next boot) once a task is queued. */
  queue?: readonly ('Bmc' | 'Uefi' | 'RuntimeAgent')[];
  /** How long whoever installs what is queued takes. Default 20. */
  queueMs?: number;
  /** iLO 7: a queued task that UEFI has done stays Pending for ever. */
  staysPending?: boolean;
}

export interface SimulatedUpdates {
  /** Undefined: no update. */
  answer(request: SimulatedRequest): SimulatedAnswer | undefined;
  /** Images that were taken, in order. */
  taken(): readonly string[];
  /** How often what was uploaded was told to start, and was. */
  started(): number;
  /** The server begins to boot. */
  booted(): void;
  close(): void;
}

interface Wishes {
  Targets?: string[];
  '@Redfish.OperationApplyTime'?: string;
}

interface Parts {
  read(path: string): Body | undefined;
  write(path: string, part: Body | null): void;
  tasks: SimulatedTasks;
  /** The sessions end. */
  restartBmc(): void;
}

const SERVICE = '/redfish/v1/UpdateService';
const SIMPLE = `${SERVICE}/Actions/UpdateService.SimpleUpdate`;
const START = `${SERVICE}/Actions/UpdateService.StartUpdate`;
const MULTIPART = `${SERVICE}/MultipartUpload`;
/** Outside of the Redfish tree, as HPE and Lenovo have it. */
const PUSH = '/fwupdate';

export function updatesOf(options: UpdateOptions, { read, write, tasks, restartBmc }: Parts): SimulatedUpdates {
  const taken: string[] = [];
  const ways = options.ways ?? ['simple'];
  let started = 0;
  /** Uploaded, and not started yet. */
  let staged: { image: string; targets: readonly string[]; isChecked: boolean } | null = null;
  const { links: rows, hit, install } = firmwareRowsOf({ read, write });
  plant();
  const queue =
    options.queue === undefined
      ? null
      : updateQueueOf(
          {
            updatableBy: options.queue,
            durationMs: options.queueMs ?? 20,
            staysPending: options.staysPending ?? false,
            end: endOf,
          },
          { read, write, tasks },
        );

  function plant(): void {
    const service = read(SERVICE);
    if (service === undefined) return;
    const action = {
      '#UpdateService.SimpleUpdate': {
        target: SIMPLE,
        'TransferProtocol@Redfish.AllowableValues': options.protocols ?? ['HTTP', 'HTTPS'],
        '@Redfish.OperationApplyTimeSupport': { SupportedValues: ['Immediate', 'OnReset'] },
      },
    };
    write(SERVICE, {
      Actions: {
        ...(ways.includes('simple') ? action : {}),
        ...(options.staged ? { '#UpdateService.StartUpdate': { target: START } } : {}),
      },
      ...(ways.includes('multipart') ? { MultipartHttpPushUri: MULTIPART } : {}),
      ...(ways.includes('push') ? { HttpPushUri: PUSH } : {}),
      ...(options.claims ? { HttpPushUriTargetsBusy: false, HttpPushUriTargets: [] } : {}),
      ...(options.maxImageBytes === undefined ? {} : { MaxImageSizeBytes: options.maxImageBytes }),
      ...(options.hpe ? { Oem: { Hpe: { State: 'Idle', FlashProgressPercent: 0 } } } : {}),
    });
    const [manager1 = ''] = membersOf('/redfish/v1/Managers');
    const [system1 = ''] = membersOf('/redfish/v1/Systems');
    const related: Record<string, string> = { BMC: manager1, BIOS: `${system1}/Bios` };
    for (const row of options.staged ? membersOf(`${SERVICE}/FirmwareInventory`) : []) {
      const of = related[String(row.split('/').at(-1))];
      if (of !== undefined) write(row, { RelatedItem: [{ '@odata.id': of }] });
    }
    for (const manager of membersOf('/redfish/v1/Managers')) {
      const own = (read(manager)?.['Actions'] ?? {}) as Body;
      write(manager, {
        Actions: {
          ...own,
          '#Manager.Reset': {
            target: `${manager}/Actions/Manager.Reset`,
            'ResetType@Redfish.AllowableValues': ['GracefulRestart'],
          },
        },
      });
    }
  }
  function membersOf(path: string): string[] {
    return ((read(path)?.['Members'] ?? []) as Body[]).map((one) => String(one['@odata.id']));
  }
  /** What an image does to the rows that it is for. A text: it failed. */
  function endOf(image: string, paths: readonly string[] = hit(image, [])): string | undefined {
    if (options.hpe) hpeSays('Complete');
    const ends = options.ends ?? 'well';
    if (ends === 'fails' || ends === 'breaks') {
      if (ends === 'breaks') install(paths, '0.0.1');
      if (options.hpe) hpeSays('Error');
      return `The image ${image} could not be applied.`;
    }
    if (ends === 'well') install(paths, versionIn(image));
    return undefined;
  }

  function begin(image: string, targets: readonly string[], request: SimulatedRequest): SimulatedAnswer {
    // iLO takes a package so, and installs nothing of it.
    if (queue !== null && !/\.(bin|flash)$/i.test(image)) return { status: 200, body: {} };
    const paths = hit(image, targets);
    if (paths.length === 0) return refuse(400, 'PropertyValueNotInList', `${image} fits nothing here.`);
    taken.push(image);
    const waitsFor = options.applies === 'at-once' ? undefined : options.applies;
    if (options.hpe) hpeSays('Updating');
    const end = (): string | undefined => endOf(image, paths);
    return tasks.begin({ name: `Firmware update ${image}`, uri: request.path, end, waitsFor });
  }
  function hpeSays(State: string): void {
    write(SERVICE, { Oem: { Hpe: { State, FlashProgressPercent: State === 'Updating' ? 30 : 100 } } });
  }

  function simple(request: SimulatedRequest): SimulatedAnswer {
    const { ImageURI, Targets } = (request.json ?? {}) as { ImageURI?: unknown; Targets?: string[] };
    if (typeof ImageURI !== 'string') return refuse(400, 'ActionParameterMissing', 'ImageURI is missing.');
    const stored = ImageURI.startsWith('/redfish/') ? read(ImageURI) : undefined;
    if (stored !== undefined) {
      const component = ImageURI.split('__').slice(1).join('__');
      const version = String(stored['Version']);
      taken.push(`back to ${version}`);
      const paths = rows().filter((one) => !/\/Previous-/.test(one) && one.endsWith(`__${component}`));
      return tasks.begin({
        name: `Rollback update ${component}`,
        uri: request.path,
        end: () => void install(paths, version),
      });
    }
    return begin(ImageURI.split('/').at(-1) ?? '', Targets ?? [], request);
  }

  function multipart(request: SimulatedRequest): SimulatedAnswer {
    const text = request.body.toString('latin1');
    const [, fileName] = /name="UpdateFile"; filename="([^"]+)"/.exec(text) ?? [];
    const [, parameters] = /name="UpdateParameters"\r\n[^{]*(\{.*?\})\r\n/s.exec(text) ?? [];
    if (fileName === undefined || parameters === undefined)
      return refuse(400, 'PropertyMissing', 'UpdateParameters or UpdateFile is missing.');
    const wishes = JSON.parse(parameters) as Wishes;
    return options.staged ? stage(fileName, wishes, request) : begin(fileName, wishes.Targets ?? [], request);
  }

  /** Targets are the manager and the BIOS, and by their rows what is neither. */
  function stage(image: string, wishes: Wishes, request: SimulatedRequest): SimulatedAnswer {
    if (wishes['@Redfish.OperationApplyTime'] !== 'OnStartUpdateRequest')
      return refuse(400, 'PropertyValueNotInList', 'OperationApplyTime has to be OnStartUpdateRequest.');
    if (staged !== null)
      return refuse(400, 'OemFirmwareAlreadyInUpdateMode', 'The BMC is already in firmware update mode.');
    const targets = rows().filter((row) =>
      (wishes.Targets ?? []).some((one) => [row, ...relatedOf(row)].includes(one)),
    );
    if (targets.length === 0) return refuse(400, 'PropertyValueNotInList', `${image} fits none of the targets.`);
    const own = { image, targets, isChecked: false };
    staged = own;
    taken.push(image);
    const end = (): string | undefined => {
      if (options.ends === 'fails') return `The image ${image} is not signed.`;
      own.isChecked = true;
      return undefined;
    };
    return tasks.begin({ name: `${nameOf(targets)} Verify`, uri: request.path, end });
  }
  function startStaged(request: SimulatedRequest): SimulatedAnswer {
    if (staged?.isChecked !== true) return refuse(400, 'ActionNotSupported', 'No image that was checked is waiting.');
    const { image, targets } = staged;
    const version = versionIn(image);
    staged = null;
    started += 1;
    const end = (): string | undefined => {
      if (options.ends === 'breaks') return `The image ${image} could not be applied.`;
      if (options.ends !== 'stays') install(targets, version);
      return undefined;
    };
    return tasks.begin({ name: `${nameOf(targets)} Update`, uri: request.path, end });
  }
  function nameOf([row = '']: readonly string[]): string {
    return String(read(row)?.['Name'] ?? row);
  }
  function relatedOf(row: string): string[] {
    return ((read(row)?.['RelatedItem'] ?? []) as Body[]).map((one) => String(one['@odata.id']));
  }

  function push(request: SimulatedRequest): SimulatedAnswer {
    const service = read(SERVICE) ?? {};
    if (options.claims && service['HttpPushUriTargetsBusy'] !== true)
      return refuse(400, 'PropertyMissing', 'The service is not claimed.');
    const [image = ''] = request.body.toString('latin1').split('\n');
    return begin(image, (service['HttpPushUriTargets'] ?? []) as string[], request);
  }

  function upload(request: SimulatedRequest, take: (request: SimulatedRequest) => SimulatedAnswer): SimulatedAnswer {
    // iDRAC refuses uploads whose length it is not told.
    if (request.headers['content-length'] === undefined)
      return refuse(411, 'HeaderMissing', 'Content-Length is missing.');
    if (options.maxImageBytes !== undefined && request.body.length > options.maxImageBytes + 2_000)
      return refuse(413, 'PayloadTooLarge', 'The image is too large.');
    return take(request);
  }

  return {
    taken: () => [...taken, ...(queue?.stored() ?? [])],
    started: () => started + (queue?.posted() ?? 0),
    booted: () => queue?.booted(),
    close: () => queue?.close(),
    answer(request) {
      const queued = queue?.answer(request);
      if (queued !== undefined) return queued;
      const path = foldPath(request.path);
      if (request.method === 'PATCH' && path === foldPath(SERVICE)) {
        write(SERVICE, request.json as Body);
        return { status: 200, body: read(SERVICE) };
      }
      if (request.method !== 'POST') return undefined;
      if (path.endsWith('/actions/manager.reset')) {
        restartBmc();
        staged = null;
        tasks.wasReset('bmc-reset');
        return { status: 204 };
      }
      if (ways.includes('simple') && path === foldPath(SIMPLE)) return simple(request);
      if (options.staged && path === foldPath(START)) return startStaged(request);
      if (ways.includes('multipart') && path === foldPath(MULTIPART)) return upload(request, multipart);
      return ways.includes('push') && path === PUSH ? upload(request, push) : undefined;
    },
  };
}
