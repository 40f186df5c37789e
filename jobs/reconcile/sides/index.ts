import type { HubSide } from '#src/drift/hub-side.ts';
import { interfaceSide } from './interface-side.ts';
import { ipAddressSide } from './ip-address-side.ts';
import { locationSide } from './location-side.ts';
import { moduleSide } from './module-side.ts';
import { rackSide } from './rack-side.ts';
import { serverSide } from './server-side.ts';
import { siteSide } from './site-side.ts';

/** Everything of the hub's that can be compared with another system; a mapping names one as `hub:`. */
export const hubSides: readonly HubSide[] = [
  siteSide,
  locationSide,
  rackSide,
  serverSide,
  interfaceSide,
  ipAddressSide,
  moduleSide,
];
