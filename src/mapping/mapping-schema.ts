import { z } from 'zod';
import { MappingFile } from './mapping-file.ts';

/** For editors: `mappings/schema/mapping.schema.json` holds it. What it cannot say, `reanimator mappings check` does. */
export function mappingSchema(): object {
  return z.toJSONSchema(MappingFile, { io: 'input', target: 'draft-7' });
}
