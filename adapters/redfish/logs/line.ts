import { createHash } from 'node:crypto';
import type { LogEntry } from '../../../src/ports/bmc-health.ts';
import { asLink, asText, isRecord } from '../decode.ts';
import { healthOf } from '../health/said.ts';
import { withoutSecrets } from '../secrets/redact.ts';

/** One entry of a log as it stands there now. */
export interface Line {
  /** Stands for what it says, without its id: a log that is numbered anew keeps it. */
  content: string;
  /** Stands for id and content. */
  full: string;
  /** Whether its time is one: what two entries say is the same only where they say when. */
  timed: boolean;
  entry: Omit<LogEntry, 'key'>;
}

/** A BMC whose clock was not set yet counts from 1970, at each boot anew; HPE writes 0000-00-00. */
const EARLIEST = Date.UTC(2000, 0, 1);
const CAPS = { message: 2_000, args: 20 };

export function lineOf(log: string, entry: Record<string, unknown>): Line {
  // Some write the commands that they were given, passwords and all.
  const body = withoutSecrets(entry);
  const said = asText(body['Created']) ?? asText(body['EventTimestamp']);
  const instant = instantOf(said);
  const id = asText(body['Id']) ?? asText(body['RecordId']) ?? asLink(body)?.split('/').at(-1) ?? '';
  const text = typeof body['Message'] === 'string' ? body['Message'].trim() : '';
  const messageId = asText(body['MessageId']) ?? oemMessageId(body);
  const args = (Array.isArray(body['MessageArgs']) ? body['MessageArgs'] : []).map(asText);
  const messageArgs = args.filter((one) => one !== null).slice(0, CAPS.args);
  // HPE's event log gives no message, only what it would be made of.
  const message = (text === '' ? [messageId ?? asText(body['Name']) ?? '', ...messageArgs].join(' ') : text).slice(
    0,
    CAPS.message,
  );
  // Without the severity: HPE changes that of an old entry once the part is repaired.
  const parts = [instant, messageId, message, messageArgs, body['EntryCode'], body['SensorNumber'], body['SensorType']];
  const content = digest(JSON.stringify(parts));
  const links = isRecord(body['Links']) ? body['Links'] : {};
  return {
    content,
    full: digest(`${id} ${content}`),
    timed: instant !== null,
    entry: {
      log,
      id,
      at: said === null || said.startsWith('0000') ? null : said,
      severity: healthOf(body['Severity']),
      message,
      messageId,
      messageArgs,
      origin: asLink(links['OriginOfCondition']) ?? asLink(body['OriginOfCondition']) ?? asText(body['SensorType']),
    },
  };
}

/** Milliseconds; the same moment in another zone is the same (Dell writes old entries anew in the zone that is set). Null: no time. */
function instantOf(said: string | null): number | null {
  if (said === null) return null;
  const zoned = /(z|[+-]\d\d:?\d\d)$/i.test(said) ? said : `${said}Z`;
  const instant = Date.parse(zoned);
  return Number.isNaN(instant) || instant < EARLIEST ? null : instant;
}

function oemMessageId(body: Record<string, unknown>): string | null {
  const oem = isRecord(body['Oem']) ? body['Oem'] : {};
  for (const part of Object.values(oem)) if (isRecord(part) && 'EventNumber' in part) return asText(part['Code']);
  return null;
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
