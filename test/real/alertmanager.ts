import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { findProgram } from '#setup/find-program.mjs';
import { takeName } from '#setup/name-lock.mjs';
import { CHECKS } from './alertmanager/checks.ts';
import { buildLab, type AlertLab } from './alertmanager/lab.ts';
import { NotHere } from './netbox/not-here.ts';
import { runCommand } from './netbox/run-command.ts';
import type { RealResult } from './real-result.ts';

/** Of Debian. Their services are not started, neither now nor after the next boot. */
const PACKAGES = { prometheus: 'prometheus', 'prometheus-alertmanager': 'prometheus-alertmanager' };

export interface RunAlertmanager {
  log(line: string): void;
  root: string;
}

/** Debian's Prometheus and Alertmanager, a metric that goes bad and well again, and the hub's own processes. */
export async function runAlertmanager({ log, root }: RunAlertmanager): Promise<RealResult> {
  const result: RealResult = { passed: 0, failed: 0, skipped: [] };
  const folder = path.join(root, 'var/real/alertmanager');
  const held = await takeName(`real-alertmanager:${folder}`);
  let lab: AlertLab | undefined;
  try {
    if (held === undefined) throw new NotHere(`another run uses ${folder}`);
    await install(root, log);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    lab = await buildLab(folder);
    log(`${lab.versions}; the hub at ${lab.hubUrl}`);
    // In their order: each goes on from what the one before has left.
    for (const [name, check] of Object.entries(CHECKS)) {
      try {
        await check(lab);
        result.passed += 1;
        log(`passed  ${name}`);
      } catch (error) {
        result.failed += 1;
        log(`FAILED  ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        log(`logs are in ${path.relative(root, folder)}`);
      }
    }
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    result.skipped.push({ name: 'alertmanager', reason: error.message });
  } finally {
    await lab?.dismantle();
    await held?.release();
  }
  return result;
}

/** @throws NotHere where they are not there and cannot be installed */
async function install(root: string, log: (line: string) => void): Promise<void> {
  const missing = Object.entries(PACKAGES).filter(([program]) => findProgram(program) === undefined);
  if (missing.length === 0) return;
  const names = missing.map(([, name]) => name);
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined)
    throw new NotHere(`${names.join(' and ')} not installed: apt-get install ${names.join(' ')}`);
  log(`installing ${names.join(' and ')}`);
  const script = path.join(root, 'setup', 'prepare', 'install-debian.sh');
  const { code, tail } = await runCommand(['sh', script, ...names], { timeoutMs: 300_000 });
  if (code !== 0) throw new NotHere(`${names.join(' and ')} could not be installed: ${tail}`);
  if (existsSync('/run/systemd/system')) await runCommand(['systemctl', 'disable', '--now', ...names]);
}
