import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import { laterOf } from './later.ts';
import { foldPath, type Body } from './tree.ts';

/**
 * What InsertMedia takes. 'any': the image and whatever stands beside it. 'image-only': nothing beside it (Supermicro X11, iLO 4).
 * 'with-protocol': TransferProtocolType is needed. 'patch': no action at all, a PATCH of the drive (Lenovo SD530).
 */
export type MediaProfile = 'any' | 'image-only' | 'with-protocol' | 'patch';

export interface MediaOptions {
  profile: MediaProfile;
  /** Until an image shows as inserted. */
  delayMs: number;
  /** 204, and nothing is mounted (Dell R670). */
  isSilent: boolean;
  read(path: string): Body | undefined;
  write(path: string, part: Body): void;
}

export interface Media {
  /** Undefined: not a virtual drive's business. */
  answer(request: SimulatedRequest): SimulatedAnswer | undefined;
  close(): void;
}

const EMPTY = { Image: null, Inserted: false, ConnectedVia: 'NotConnected' };

/** InsertMedia and EjectMedia of any VirtualMedia resource of the tree, the OEM actions of iLO, and Supermicro's IsoConfig. */
export function mediaOf({ profile, delayMs, isSilent, read, write }: MediaOptions): Media {
  const later = laterOf();

  function insert(path: string, wanted: Body): SimulatedAnswer {
    const { Image, ...beside } = wanted;
    if (typeof Image !== 'string' || Image === '')
      return refuse(400, 'ActionParameterMissing', 'The parameter Image is missing.');
    const unwanted = Object.keys(beside)[0];
    if (profile === 'image-only' && unwanted !== undefined)
      return refuse(400, 'ActionParameterUnknown', `The parameter ${unwanted} is not known.`);
    if (profile === 'with-protocol' && beside['TransferProtocolType'] === undefined)
      return refuse(400, 'ActionParameterMissing', 'The parameter TransferProtocolType is missing.');
    if (read(path)?.['Inserted'] === true) return refuse(409, 'ResourceInUse', 'There is an image in the drive.');
    const ImageName = Image.split('/').at(-1) ?? Image;
    // Supermicro X13 shows EjectMedia only while there is something to eject.
    const eject = { '#VirtualMedia.EjectMedia': { target: `${path}/Actions/VirtualMedia.EjectMedia` } };
    const Actions = { ...eject, ...(read(path)?.['Actions'] as Body | undefined) };
    const actions = profile === 'patch' ? {} : { Actions };
    const show = (): void =>
      write(path, { ...actions, Image, ImageName, Inserted: true, ConnectedVia: 'URI', WriteProtected: true });
    if (!isSilent) later(delayMs, show);
    return { status: 204 };
  }

  /** The name stays where it stood, as on Supermicro: what is connected is the truth. */
  function eject(path: string): SimulatedAnswer {
    write(path, EMPTY);
    return { status: 204 };
  }

  function act(request: SimulatedRequest): SimulatedAnswer | undefined {
    const [path = '', action = ''] = request.path.split(/\/Actions\//i);
    const name = foldPath(action).split(/[./]/).at(-1) ?? '';
    const body = read(path);
    if (body === undefined) return undefined;
    const wanted = (request.json ?? {}) as Body;
    if (name === 'mount' || name === 'unmount') {
      if (name === 'mount' && (body['Host'] === undefined || body['Path'] === undefined))
        return refuse(400, 'PropertyMissing', 'Host and Path are not set.');
      if (name === 'unmount') write(path, { Host: '', Path: '' });
      return { status: 200, body: {} };
    }
    if (!/^#VirtualMedia\./.test(String(body['@odata.type']))) return undefined;
    if (profile === 'patch') return refuse(405, 'OperationNotAllowed', 'POST is not allowed here.');
    if (name.startsWith('insert')) return insert(path, wanted);
    return name.startsWith('eject') ? eject(path) : undefined;
  }

  function patch(request: SimulatedRequest): SimulatedAnswer | undefined {
    const body = read(request.path);
    if (body === undefined || typeof request.json !== 'object' || request.json === null) return undefined;
    const wanted = request.json as Body;
    if ('Host' in wanted && 'Path' in wanted && /SmcIsoConfig|IsoConfig/i.test(String(body['@odata.type']))) {
      write(request.path, wanted);
      return { status: 200, body: {} };
    }
    if (!/^#VirtualMedia\./.test(String(body['@odata.type']))) return undefined;
    if (profile !== 'patch') return refuse(405, 'OperationNotAllowed', 'PATCH is not allowed here.');
    return wanted['Inserted'] === false ? eject(request.path) : insert(request.path, { Image: wanted['Image'] });
  }

  return {
    answer(request) {
      if (request.method === 'POST' && /\/Actions\//i.test(request.path)) return act(request);
      return request.method === 'PATCH' ? patch(request) : undefined;
    },
    close: () => later.close(),
  };
}
