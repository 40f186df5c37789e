import {
  bootRequested,
  identifyRequested,
  lookRequested,
  mediaRequested,
  powerRequested,
} from '#src/control/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { tellBmcJob } from '../catalogue.ts';

/** What the request wants, in the words of the job. */
const WANTED: Record<string, (data: Record<string, unknown>) => Record<string, unknown>> = {
  [powerRequested.type]: ({ action }) => ({ what: 'power', action }),
  [bootRequested.type]: ({ target, mode, httpUri }) => ({ what: 'boot', target, mode, httpUri }),
  [mediaRequested.type]: ({ do: act, image, type }) =>
    act === 'insert' ? { what: 'insert', image, type } : { what: 'eject' },
  [identifyRequested.type]: ({ lit }) => ({ what: 'light', lit }),
  [lookRequested.type]: () => ({ what: 'look' }),
};

export const tellBmcAsAsked: Reaction = {
  name: 'tell-bmc-as-asked',
  on: Object.keys(WANTED),
  job: tellBmcJob,
  input: ({ id, type, subject, data }) => ({
    assetId: subject.id,
    requestId: id,
    goodUntil: data['goodUntil'],
    wanted: WANTED[type]?.(data),
  }),
};
