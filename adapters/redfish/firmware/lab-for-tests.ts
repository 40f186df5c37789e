import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import type { BmcFirmware, FirmwareImage, UpdateHandle, UpdateProgress } from '../../../src/ports/bmc-firmware.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import { targetOf, testKit } from '../kit-for-tests.ts';
import { Settings } from '../settings.ts';
import { startBmcSimulator, type BmcSimulator, type BmcSimulatorOptions } from '../simulator.ts';
import { simulatedTree, type SimulatedTreeName } from '../simulator/simulated-tree.ts';
import { bmcFirmware } from './index.ts';

export interface FirmwareLab {
  bmc: BmcSimulator;
  firmware: BmcFirmware;
  target: BmcTarget;
  signal: AbortSignal;
  version(id: string): Promise<string | null | undefined>;
  /** Follows until it is neither waiting nor running. */
  ended(handle: UpdateHandle): Promise<UpdateProgress>;
  /** Follows until what is staged can be started, or has failed. */
  checked(handle: UpdateHandle): Promise<UpdateProgress>;
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

export async function firmwareLab(
  tree: SimulatedTreeName,
  options: Partial<BmcSimulatorOptions> = {},
): Promise<FirmwareLab> {
  const bmc = await startBmcSimulator({ tree: simulatedTree(tree), updates: {}, ...options });
  closing.push(() => bmc.close());
  const firmware = bmcFirmware(Settings.parse({ timeoutMs: 5_000 }), testKit());
  const [target, signal] = [targetOf(bmc), new AbortController().signal];
  async function followUntil(handle: UpdateHandle, is: (progress: UpdateProgress) => boolean): Promise<UpdateProgress> {
    const end = performance.now() + 10_000;
    for (;;) {
      const progress = await firmware.followUpdate(target, handle, signal);
      if (is(progress)) return progress;
      if (performance.now() > end) throw new Error(`still ${progress.state}: ${progress.said}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return {
    ...{ bmc, firmware, target, signal },
    async version(id) {
      const rows = await firmware.readFirmware(target, signal);
      return rows.find((row) => row.id === id)?.version;
    },
    ended: (handle) => followUntil(handle, ({ state }) => state !== 'waiting' && state !== 'running'),
    checked: (handle) => followUntil(handle, ({ state, needs }) => needs === 'start' || state === 'failed'),
  };
}

/** An image that nobody fetches. */
export function imageNamed(name: string): FirmwareImage {
  return { uri: `http://images.example/${name}`, sha256: '0'.repeat(64), sizeBytes: 1 };
}

/** An image on a server of its own, whose first line is its name. */
export async function servedImage(name: string, bytes = 200_000): Promise<FirmwareImage> {
  const content = Buffer.concat([Buffer.from(`${name}\n`), Buffer.alloc(bytes, 'x')]);
  const server: Server = createServer((_request, answer) => void answer.end(content));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { uri: `http://127.0.0.1:${port}/${name}`, sha256, sizeBytes: content.length };
}
