import type { Hub } from '#src/compose.ts';
import { tx } from '#src/core/tx.ts';
import { setMode } from '#src/drift/commands/set-mode.ts';

/** A new connection only shows what it would do; here somebody has looked at that and agreed. */
export async function applyByItself({ ctx, reconciled }: Pick<Hub, 'ctx' | 'reconciled'>): Promise<void> {
  for (const system of reconciled.mappings.keys())
    await tx(ctx, (inside) =>
      setMode(inside, { system, mode: 'apply', mappingHash: reconciled.mappingHash(system), version: undefined }),
    );
}
