import { z } from 'zod';
import { Nullable, Time } from '../../core/schemas.ts';

const PlaceRef = z.object({ type: z.enum(['asset', 'location']), id: z.string(), name: Nullable.text });

export const BundleView = z
  .object({
    sha256: z.string().meta({ description: 'Its identity: of the bytes as they were sent' }),
    bytes: z.int(),
    received_at: Time,
    file_name: Nullable.text,
    uploaded_by: Nullable.text,
    snapshots: z.array(
      z.object({
        source: z.string(),
        collected_at: Nullable.time,
        place: PlaceRef.nullable().meta({
          description: 'null: it does not say which server it is of; see the reviews',
        }),
        scope: z.array(z.string()).meta({ description: 'Kinds that were looked at completely' }),
        components: z.int(),
        identified: z.int().meta({ description: 'Of these, those with a serial that identifies them' }),
        evidence: z.array(z.string()),
        warnings: z.array(z.string()),
      }),
    ),
    files: z.array(
      z.object({
        path: z.string(),
        bytes: z.int(),
        format: Nullable.text.meta({ description: 'null: no format is known for it; it is kept' }),
        components: z.int(),
        with_serial: z.int(),
        warnings: z.array(z.string()),
      }),
    ),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Bundle' });
export type BundleView = z.infer<typeof BundleView>;
