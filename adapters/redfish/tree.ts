import { emptyReading, type FileReading, type SourceFile, type TreeFormat } from '../../src/ports/bundle-format.ts';
import { documentsOf } from './tree-documents.ts';
import { findTrees } from './tree-find.ts';
import { isMachine, machinesIn } from './tree-machines.ts';
import { readMachine } from './tree-read.ts';

/** Resources saved from a BMC, as a tree of files or in one document, read by the code that reads the BMC itself. */
export const redfishTree: TreeFormat = {
  id: 'redfish-tree',
  title: 'Redfish resources of a server',
  find: findTrees,
  async read(tree) {
    const warnings = tree.flatMap((file) => documentsOf(file).warnings.map((warning) => `${file.path}: ${warning}`));
    const machines = machinesIn(tree).filter(isMachine);
    if (machines.length === 0) return [{ ...emptyReading('redfish'), warnings: [...warnings, noSystem(tree)] }];
    const readings: FileReading[] = [];
    for (const machine of machines) {
      const reading = await readMachine(machine);
      readings.push({ ...reading, warnings: [...warnings, ...reading.warnings] });
    }
    return readings;
  },
};

function noSystem(tree: readonly SourceFile[]): string {
  return `none of ${tree.length} files is a system that /redfish/v1/Systems lists`;
}
