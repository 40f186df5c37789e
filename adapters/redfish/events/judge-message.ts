import { asList, asText, isRecord } from '../decode.ts';
import { parseJson } from '../resource-body.ts';
import type { SseMessage } from './parse-sse.ts';

/** 'event': something happened. 'other': metric reports and heart beats, which say nothing new. 'garbage': nothing that Redfish has. */
export type Judgement = 'event' | 'other' | 'garbage';

const METRICS = /#MetricReport\.|"MetricValues"/;
const HEARTBEAT = /RedfishServiceFunctional$/;

/** What a message of a stream is. Which event it is is not looked at: the logs have it. */
export function judgeMessage({ data, cut }: SseMessage): Judgement {
  if (cut) return METRICS.test(data) ? 'other' : judgeCut(data);
  const body = parseJson(data);
  if (!isRecord(body)) return 'garbage';
  if (Array.isArray(body['MetricValues']) || METRICS.test(`${asText(body['@odata.type']) ?? ''}`)) return 'other';
  const events = asList(body['Events']).filter(isRecord);
  if (events.length === 0) return 'garbage';
  return events.every((one) => HEARTBEAT.test(asText(one['MessageId']) ?? '')) ? 'other' : 'event';
}

/** How an event begins that is too long to be read: as much as can be told. */
function judgeCut(beginning: string): Judgement {
  return /"Events"\s*:|#Event\./.test(beginning) ? 'event' : 'garbage';
}
