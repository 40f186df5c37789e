import type { Evidence } from '../quirks.ts';
import type { WalkLimits, WalkState } from './walk.ts';

/** What a recording is, for the person who gets it. */
export interface RecordingSummary {
  madeBy: 'reanimator redfish record';
  at: string;
  bmc: Evidence | null;
  resources: number;
  requests: number;
  /** Nothing was left because of a limit. */
  whole: boolean;
  notRead: number;
  failures: { path: string; status: number | null; why: string }[];
  /** Not asked for on purpose, by reason. */
  left: Record<string, number>;
  cut: { path: string; kept: number; of: number }[];
  /** Values taken out, by what told that they are secret. */
  redacted: Record<string, number>;
  pseudonyms: boolean;
}

export function summaryOf(given: {
  walk: WalkState;
  evidence: Evidence | null;
  redacted: Record<string, number>;
  limits: WalkLimits;
  now: Date;
  pseudonyms: boolean;
}): RecordingSummary {
  const { walk, evidence, redacted, now, pseudonyms } = given;
  const left: Record<string, number> = {};
  for (const { why } of walk.left) left[why] = (left[why] ?? 0) + 1;
  const notRead = walk.waiting.length + walk.late.length;
  return {
    madeBy: 'reanimator redfish record',
    at: now.toISOString(),
    bmc: evidence,
    resources: new Set(walk.saved).size,
    requests: walk.requests,
    whole: notRead === 0,
    notRead,
    failures: walk.failures,
    ...{ left, cut: walk.cut, redacted, pseudonyms },
  };
}

/** For a bug report: what is in the archive, and what was done to it. */
export function describeRecording(summary: RecordingSummary): string {
  const { bmc, redacted, failures, cut, left } = summary;
  const lines = [
    '# Recording of a BMC',
    '',
    `Made ${summary.at.slice(0, 10)} by \`${summary.madeBy}\`, with GET requests only. The tree under \`redfish/\` has the layout of DMTF's Mockup Creator.`,
    '',
    '| | |',
    '|---|---|',
    `| vendor | ${bmc?.vendor ?? 'not said'} |`,
    `| server | ${bmc?.systemModel ?? 'not said'} |`,
    `| BMC | ${bmc?.managerModel ?? 'not said'}, firmware ${bmc?.managerFirmware ?? 'not said'} |`,
    `| Redfish | ${bmc?.redfishVersion ?? 'not said'} |`,
    `| resources | ${summary.resources} in ${summary.requests} requests |`,
    `| serials, addresses, names | ${summary.pseudonyms ? 'replaced by others, the same for the same' : 'as they are'} |`,
    '',
    ...(summary.whole ? [] : [`**Not whole**: ${summary.notRead} resources were not read (limit of requests).`, '']),
    '## Taken out as secret',
    '',
    ...listed(Object.entries(redacted).map(([why, count]) => `${count} × ${why}`)),
    '## Could not be read',
    '',
    ...listed(failures.map(({ path, status, why }) => `\`${path}\`: ${status ?? 'no answer'} (${why})`)),
    '## Not asked for, or cut',
    '',
    ...listed([
      ...Object.entries(left).map(([why, count]) => `${count} × ${why}`),
      ...cut.map(({ path, kept, of }) => `\`${path}\`: ${kept} of ${of} members`),
    ]),
    'Look through it before you give it away: what is no secret by name, place or look is still in it.',
    '',
  ];
  return lines.join('\n');
}

function listed(lines: readonly string[]): string[] {
  const shown = lines.slice(0, 200).map((line) => `- ${line}`);
  const more = lines.length > 200 ? [`- and ${lines.length - 200} more`] : [];
  return [...(lines.length === 0 ? ['- nothing'] : [...shown, ...more]), ''];
}
