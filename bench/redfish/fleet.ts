import { SIMULATED_TREES, type SimulatedTreeName } from '#adapters/redfish/simulator/simulated-tree.ts';

/** How each BMC of the fleet is; both processes compute it from its number. */
export interface FleetBmc {
  address: string;
  shape: SimulatedTreeName;
  /** 'dead': takes the connection and never answers. */
  mood: 'well' | 'dead' | 'slow' | 'locked-out';
}

export const LATENCY_MS = 50;
export const SLOW_MS = 2_000;
export const LOGIN = { username: 'hub', password: 'bench-password' };

/** Every address of 127/8 is this machine's, so that one listening socket is a BMC at each of them. */
export function fleetBmc(nth: number): FleetBmc {
  return {
    address: `127.101.${Math.floor(nth / 256)}.${nth % 256}`,
    shape: SIMULATED_TREES[nth % SIMULATED_TREES.length] ?? 'dell',
    mood: moodOf(nth),
  };
}

/** 1 % dead, 1 % slow, 0.5 % with another password than the hub's. */
function moodOf(nth: number): FleetBmc['mood'] {
  if (nth % 100 === 50) return 'dead';
  if (nth % 100 === 51) return 'slow';
  return nth % 200 === 52 ? 'locked-out' : 'well';
}
