import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { generatedParts, withPart } from '#setup/readme.ts';

test.each(generatedParts().map((part) => [`${part.file}: ${part.name}`, part] as const))(
  '%s is up to date',
  (_, part) => {
    const document = readFileSync(path.resolve(import.meta.dirname, '../..', part.file), 'utf8');
    // If not: npm run readme
    expect(document).toBe(withPart(document, part));
  },
);
