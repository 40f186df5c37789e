import type { Hop } from '#src/firmware/reads.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { imageOf, type Updating } from './start-firmware-hop.ts';

/**
 * What the hub has put into the BMC's own queue is taken out of it once the step has ended: it would be installed at some later boot, or keep
 * the next step waiting. And the image that it has had the BMC keep is deleted there: the room is limited.
 * @returns what is there still, and why; null: nothing
 */
export async function tidyUp({ ctx, firmware, target }: Updating, hop: Hop): Promise<string | null> {
  const { handle } = hop;
  if (handle?.queued === undefined) return null;
  const { name, file, added } = handle.queued;
  const trying = async (act: () => Promise<void>, left: string): Promise<string | null> => {
    try {
      await act();
      return null;
    } catch (error) {
      if (!(error instanceof AdapterError) || error.kind === 'unauthorized' || ctx.signal.aborted) throw error;
      ctx.log.warn({ err: error, name, file }, 'something of a firmware update could not be tidied up on the BMC');
      return `${left}: ${error.message}`;
    }
  };
  const place = `“${name ?? ''}” is still in the BMC’s queue of updates, and may be installed later`;
  const queued = name === undefined ? null : await trying(() => firmware.retire(target, handle, ctx.signal), place);
  // Whatever stands in the queue needs its image.
  if (queued !== null || added !== true) return queued;
  const kept = { handle, image: imageOf(hop) };
  return trying(() => firmware.discard(target, kept, ctx.signal), `its image ${file} is still in the BMC’s repository`);
}
