import type { RecordResult } from '#src/ports/record-objects.ts';
import type { Settings } from '../settings.ts';
import type { Reading } from './read-rows.ts';

export interface Writing extends Reading {
  settings: Pick<Settings, 'tag' | 'bulkSize' | 'createMissing'>;
  /** For the change log. */
  key: string;
}

export type Refused = Extract<RecordResult, { outcome: 'refused' }>;

export function refused(reason: string): Refused {
  return { outcome: 'refused', reason };
}
