import { z } from 'zod';
import { idFrom } from '../core/id.ts';
import { COMPONENT_KINDS } from '../ports/hardware-inventory.ts';
import type { Classified } from './classify.ts';

export const LotKind = z.enum(COMPONENT_KINDS).meta({ id: 'ComponentKind' });

export const LONGEST_CODE = 80;
export const LotCode = z
  .string()
  .max(LONGEST_CODE)
  .regex(
    /^[A-Z]+(_[A-Z0-9.+-]+)+$/,
    'capital letters, digits, ".", "+", "-" and underscores, e.g. SSD_NVME_03.84TB_GEN4',
  );

export const LotFacts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export type LotFacts = z.infer<typeof LotFacts>;

export interface Lot {
  id: string;
  code: string;
  kind: z.infer<typeof LotKind>;
  title: string;
  facts: LotFacts;
  notes: string | null;
  origin: 'rule' | 'person';
  createdAt: string;
}

/** Stands as a component's rule where a person chose its lot: the rules leave it alone. */
export const BY_PERSON = 'person';

export function lotId(code: string): string {
  return idFrom('lot', code);
}

/** What a component keeps of its class. */
export interface Placement {
  lotId: string | null;
  lotRule: string | null;
  /** Comma-separated; null where it has a lot, or is of a kind that has none. */
  lotMissing: string | null;
}

export function placementOf(found: Classified): Placement {
  if (found.lot !== null) return { lotId: lotId(found.lot), lotRule: found.rule, lotMissing: null };
  return { lotId: null, lotRule: null, lotMissing: found.missing.length > 0 ? found.missing.join(',') : null };
}
