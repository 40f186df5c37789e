import { existsSync } from 'node:fs';
import path from 'node:path';
import { type SimulatedTreeName, simulatedTree } from '#adapters/redfish/simulator/simulated-tree.ts';
import { recordedTrees, type Tree } from '#adapters/redfish/simulator/tree.ts';
import { corpusPath } from '#test/kit/corpus.ts';

/** A machine that appears in the story. */
export interface Actor {
  name: string;
  /** How the hub comes to know it. */
  known: 'expected' | 'record' | 'unexpected';
  rack: string;
  position: number;
  bmcMac: string;
  serial: string;
  hostname: string;
  vendorClass: string | null;
  tree: string | Tree;
  /** What the tree is a recording of, or whose shape it has. */
  treeName: string;
}

export const SITE = 'ams1';

const PARTS: (Pick<Actor, 'name' | 'known' | 'rack' | 'position' | 'bmcMac' | 'serial' | 'hostname' | 'vendorClass'> & {
  shape: SimulatedTreeName;
  vendor: RegExp;
})[] = [
  {
    name: 'ams1-r12-u07',
    known: 'expected',
    rack: 'r12',
    position: 7,
    bmcMac: '5c:f9:dd:10:00:01',
    serial: 'DMO7ABC',
    hostname: 'idrac-DMO7ABC',
    vendorClass: 'iDRAC',
    shape: 'dell',
    vendor: /^dell-r750/,
  },
  {
    name: 'ams1-r12-u09',
    known: 'record',
    rack: 'r12',
    position: 9,
    bmcMac: '94:40:c9:10:00:02',
    serial: 'CZDEMO0002',
    hostname: 'ILOCZDEMO0002',
    vendorClass: 'CPQRIB3',
    shape: 'hpe',
    vendor: /^hpe-dl380ag11/,
  },
  {
    name: 'ams1-r13-u01',
    known: 'unexpected',
    rack: 'r13',
    position: 1,
    bmcMac: '3c:ec:ef:10:00:03',
    serial: 'S5DEMO0003',
    hostname: 'smc-0003',
    vendorClass: null,
    shape: 'supermicro',
    vendor: /^supermicro-sys821ge/,
  },
  {
    name: 'ams1-r13-u09',
    known: 'expected',
    rack: 'r13',
    position: 9,
    bmcMac: 'b4:2e:99:10:00:04',
    serial: 'OBDEMO0004',
    hostname: 'obmc-0004',
    vendorClass: null,
    shape: 'openbmc',
    vendor: /^supermicro-gb300/,
  },
];

/** The corpus of recorded machines, where it is present: REANIMATOR_CORPUS, or beside the project. */
export function corpusFolder(): string | undefined {
  const folder = corpusPath();
  return existsSync(path.join(folder, 'redfish')) ? folder : undefined;
}

/** Recorded machines where the corpus is present, and the project's own small ones for the rest. */
export function castOf(options: { recorded: boolean; only?: number }): Actor[] {
  const corpus = options.recorded ? corpusFolder() : undefined;
  const recorded = corpus === undefined ? [] : recordedTrees(path.join(corpus, 'redfish'));
  return PARTS.slice(0, options.only ?? PARTS.length).map(({ shape, vendor, ...part }) => {
    const found = recorded.find((tree) => vendor.test(tree.name));
    return { ...part, tree: found?.folder ?? simulatedTree(shape), treeName: found?.name ?? `${shape} (own)` };
  });
}
