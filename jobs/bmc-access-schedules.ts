import { rotateOldPasswordsJob } from './catalogue.ts';
import type { Schedule } from './schedules.ts';

const EVERY_MS = 10 * 60_000;
/** At a time, so that a fleet of thousands gets its new passwords over days and a fault shows on few. */
const AT_ONCE = 50;

/** Passwords that have become too old, and those that need not be kept any longer. */
export function bmcAccessSchedules(settings: {
  BMC_PASSWORD_DAYS: number;
  BMC_PASSWORD_KEEP_DAYS: number;
  BMC_ACCOUNT: string;
}): Schedule[] {
  const { BMC_PASSWORD_DAYS: days, BMC_PASSWORD_KEEP_DAYS: keepDays, BMC_ACCOUNT: account } = settings;
  const input = { days, keepDays, userName: account === '' ? null : account, atOnce: AT_ONCE };
  return [{ name: 'bmc-passwords', job: rotateOldPasswordsJob, input, every: { ms: EVERY_MS } }];
}
