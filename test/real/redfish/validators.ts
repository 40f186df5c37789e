import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { SIMULATED_TREES, simulatedTree, type SimulatedTreeName } from '#adapters/redfish/simulator/simulated-tree.ts';
import type { RealResult } from '../real-result.ts';
import { prepareValidators, type Validators } from './prepare-validators.ts';

const run = promisify(execFile);
const PROFILE = path.join(import.meta.dirname, '../../../adapters/redfish/interop-profile.json');

/** Failures that are meant. Each is argued in adapters/redfish/README.md, "What the validators say". */
const ARGUED: { tree?: SimulatedTreeName; says: RegExp }[] = [
  { tree: 'hpe', says: /does not contain a valid RFC6901 JSON pointer/ },
  { tree: 'hpe', says: /'PowerCapacityWatts' is expected to be a Number, but found 'str'/ },
  { says: /^PROTO_HTTP_UNSUPPORTED_METHODS FAKEMETHODFORTEST .* status code 400/ },
];

interface Verdict {
  passed: number;
  warned: number;
  /** One line each, argued ones included. */
  failures: string[];
}

/** DMTF's service, protocol and interop validators against our own BMCs. */
export async function validate({ log, root }: { log(line: string): void; root: string }): Promise<RealResult> {
  const result: RealResult = { passed: 0, failed: 0, skipped: [] };
  const prepared = await prepareValidators(root, log);
  if ('reason' in prepared) {
    result.skipped.push({ name: "DMTF's validators", reason: prepared.reason });
    return result;
  }
  const isolated = await run('unshare', ['--map-root-user', '--net', 'true']).then(
    () => null,
    (error: unknown) => (error as Error).message,
  );
  if (isolated !== null)
    result.skipped.push({ name: 'protocol validator', reason: `no network namespace of its own: ${isolated.trim()}` });

  // A pipeline has half an hour for everything: the two that differ most.
  const trees = process.env['CI']
    ? SIMULATED_TREES.filter((tree) => tree === 'dell' || tree === 'openbmc')
    : SIMULATED_TREES;
  for (const tree of trees) {
    const kinds = isolated === null ? (['service', 'interop', 'protocol'] as const) : (['service', 'interop'] as const);
    for (const kind of kinds) {
      const verdict = await judge(prepared, kind, tree);
      const open = verdict.failures.filter((line) => !isArgued(tree, line));
      const figures = `${verdict.passed} passed, ${verdict.warned} warnings, ${verdict.failures.length - open.length} argued, ${open.length} failed`;
      if (verdict.passed > 0 && open.length === 0) result.passed += 1;
      else result.failed += 1;
      log(
        `${verdict.passed > 0 && open.length === 0 ? 'passed ' : 'FAILED '} ${kind} validator on ${tree}: ${figures}`,
      );
      for (const line of open.slice(0, 20)) log(`  ${line.slice(0, 300)}`);
    }
  }
  return result;
}

function isArgued(tree: SimulatedTreeName, line: string): boolean {
  return ARGUED.some((one) => (one.tree === undefined || one.tree === tree) && one.says.test(line));
}

async function judge(
  validators: Validators,
  kind: 'service' | 'interop' | 'protocol',
  tree: SimulatedTreeName,
): Promise<Verdict> {
  const reports = path.join(validators.folder, 'reports', `${kind}-${tree}`);
  await rm(reports, { recursive: true, force: true });
  await mkdir(reports, { recursive: true });
  if (kind === 'protocol') return judgeProtocol(validators, tree, reports);
  const bmc = await startBmcSimulator({ tree: simulatedTree(tree), sessionCap: 100 });
  const login = ['-r', bmc.url, '-u', bmc.username, '-p', bmc.password, '--authtype', 'Basic', '--logdir', reports];
  const own = kind === 'service' ? ['--schema_directory', validators.schemas, '--skipschema'] : [PROFILE];
  try {
    // It ends with 1 where it finds a failure; what it found stands in its log.
    await run(validators.program(kind), [...login, ...own], { timeout: 170_000, maxBuffer: 2 ** 26 }).catch(() => null);
  } finally {
    await bmc.close();
  }
  const text = await logIn(reports);
  const [, passed, warned] = /\|\s+(\d+)\s+\|\s+(\d+)\s+\|\s+\d+\s+\|\s+\d+\s+\|/.exec(text) ?? [];
  const failures = text.split('\n').flatMap((line) => /ERROR - FAIL - (.*)/.exec(line)?.[1] ?? []);
  return { passed: Number(passed ?? 0), warned: Number(warned ?? 0), failures };
}

async function judgeProtocol(validators: Validators, tree: SimulatedTreeName, reports: string): Promise<Verdict> {
  const inside = path.join(import.meta.dirname, '../validate-protocol.ts');
  const own = [process.execPath, inside, tree, validators.program('protocol'), reports];
  await run('unshare', ['--map-root-user', '--net', '--', ...own], { timeout: 180_000, maxBuffer: 2 ** 26 });
  const [report] = (await readdir(reports)).filter((name) => name.endsWith('.tsv'));
  const text = report === undefined ? '' : await readFile(path.join(reports, report), 'utf8');
  const verdict: Verdict = { passed: 0, warned: 0, failures: [] };
  for (const line of text.split('\n')) {
    const [assertion, method, status, uri, outcome, message] = line.split('\t');
    if (outcome === 'PASS') verdict.passed += 1;
    if (outcome === 'WARN') verdict.warned += 1;
    if (outcome === 'FAIL') verdict.failures.push([assertion, method, status, uri, message].join(' '));
  }
  return verdict;
}

/** The validator's own log, which says more than it prints. */
async function logIn(reports: string): Promise<string> {
  const files = await readdir(reports, { recursive: true });
  const [file] = files.filter((name) => name.endsWith('.log'));
  if (file === undefined) return '';
  // oxlint-disable-next-line no-control-regex -- its totals are coloured
  return (await readFile(path.join(reports, file), 'utf8')).replaceAll(/\u001b\[\d+m/g, '');
}
