import type { Ctx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { invalid } from '../../core/route.ts';
import type { Intake } from '../intake/intake.ts';
import type { ComponentKind } from '../../ports/hardware-inventory.ts';
import type { Place, RemovalReason } from '../derive/look.ts';
import { type BelievedChange, believedOf } from '../believed-reads.ts';
import { sameFamily, type Said, vendorOf } from '../find-known.ts';
import { familyOf, normalizeSerial } from '../identity/identify.ts';
import { serialId } from '../identity/prepare.ts';
import { linksTo } from '../link-store.ts';
import { type Component, findComponent } from '../reads.ts';

export type Method = 'scan' | 'manual' | 'delivery-note';

/** How sure a statement is where nobody says. A delivery note tells what was meant to be in the box. */
const CONFIDENCE: Record<Method, number> = { scan: 1, manual: 0.9, 'delivery-note': 0.8 };

/** A part that somebody saw: one that is known, or a new one, of which the kind must be told then. */
export interface SeenByPerson {
  said: Said;
  known: Component | undefined;
  slot: string | null;
}

export interface Sighting {
  where: Place;
  method: Method;
  confidence: number | null;
  present: readonly SeenByPerson[];
  /** Named as gone: whatever has this serial. */
  absent: readonly { known: Component; reason: RemovalReason }[];
}

export interface Stated {
  /** Of the statement, as it is kept. */
  sha256: string;
  /** false: the very same was said before. */
  isNew: boolean;
  /** In the order in which they were named; as they are now. */
  components: Component[];
  added: BelievedChange[];
  retracted: BelievedChange[];
}

/** Any other name of the format would be refused by the intake, which checks the whole of it. */
const SCHEMA = 'reanimator.statement/v1';
const FIRST_YEAR = 2005;
const MINUTE_MS = 60_000;

/**
 * What people saw or did becomes a document like any other, kept for ever and derived from in the same way. The same statement again
 * (same words, same time, same person) is the same document, and changes nothing.
 * @throws HubError conflict where an operator declared the part at that place to be another one
 */
export async function stateSighting(
  ctx: Ctx,
  intake: Pick<Intake, 'takeDocument'>,
  at: string,
  sightings: readonly Sighting[],
): Promise<Stated> {
  const ids: string[] = [];
  const statements = [];
  for (const { where, method, confidence, present, absent } of sightings) {
    const parts = present.map(partOf);
    ids.push(...(await idsAt(ctx, parts, present, where)), ...absent.map(({ known }) => known.id));
    statements.push({
      schema: SCHEMA,
      observed_at: at,
      by: ctx.actor,
      method,
      confidence: confidence ?? CONFIDENCE[method],
      where: where.type === 'asset' ? { asset_id: where.id } : { location_id: where.id },
      present: parts,
      absent: absent.map(({ known, reason }) => ({ ...makerOf(known), serial: known.serial, reason })),
    });
  }
  const concerned = [...new Set(ids)];
  const before = await believedOf(ctx, concerned);
  // Written in one order of fields, the schema first: the same statement is the same bytes.
  const document = JSON.stringify(statements.length === 1 ? statements[0] : statements);
  const { sha256, isNew } = await intake.takeDocument(ctx, Buffer.from(document));
  const after = await believedOf(ctx, concerned);
  const components: Component[] = [];
  for (const id of concerned) {
    const component = await findComponent(ctx, id);
    if (component === undefined)
      throw new HubError('internal', `component ${id} was stated to be there, and is not known`);
    components.push(component);
  }
  const [was, is] = [new Set(before.map(({ id }) => id)), new Set(after.map(({ id }) => id))];
  return {
    sha256,
    isNew,
    components,
    added: isNew ? after.filter(({ id }) => !was.has(id)) : [],
    retracted: isNew ? before.filter(({ id }) => !is.has(id)) : [],
  };
}

/** When it was seen; now, where nobody says. @throws HubError invalid */
export function momentOfSighting(ctx: Ctx, at: string | undefined): string {
  const now = ctx.now();
  if (at === undefined) return now.toISOString();
  const time = new Date(at);
  if (time.getTime() > now.getTime() + MINUTE_MS) throw invalid('/at', 'lies in the future');
  if (time.getUTCFullYear() < FIRST_YEAR)
    throw invalid('/at', `lies before ${FIRST_YEAR}: check the clock of the device`);
  return time.toISOString();
}

interface StatedPart {
  serial: string;
  kind: ComponentKind;
  slot: string | null;
  manufacturer: string | null;
  model: string | null;
  part_number: string | null;
}

/**
 * In words from which the identity follows again: those that were used, where they lead to the part that is meant, else the maker's
 * key alone. Not as the part is known by now, or the same statement would not be the same document tomorrow.
 */
function partOf({ said, known, slot }: SeenByPerson): StatedPart {
  const kind = known === undefined ? said.kind : kindOf(known, said);
  if (kind === undefined) throw new HubError('internal', `of the new part ${said.serial} no kind is said`);
  const serial = known?.serial ?? normalizeSerial(said.serial) ?? said.serial;
  if (known === undefined || vendorOf(said) === known.vendor) {
    const { manufacturer = null, model = null, partNumber = null } = said;
    return { serial, kind, slot, manufacturer, model, part_number: partNumber };
  }
  return { serial, kind, slot, manufacturer: makerOf(known).manufacturer, model: null, part_number: null };
}

function kindOf(known: Component, said: Said): ComponentKind {
  return said.kind !== undefined && sameFamily(known.kind, said.kind) ? said.kind : (known.kind as ComponentKind);
}

/** null where even the maker's key does not lead back to it: then the serial has to do. */
function makerOf(known: Component): { manufacturer: string | null } {
  return { manufacturer: vendorOf({ manufacturer: known.vendor }) === known.vendor ? known.vendor : null };
}

/** Which components these parts prove to be at that place. */
async function idsAt(
  ctx: Ctx,
  parts: readonly StatedPart[],
  present: readonly SeenByPerson[],
  place: Place,
): Promise<string[]> {
  const bases = parts.map((part) =>
    serialId(vendorOf({ ...part, partNumber: part.part_number }), part.serial, familyOf(part.kind)),
  );
  const links = await linksTo(ctx.db, bases);
  return bases.map((base, at) => {
    const id = links.resolve(base, place.id);
    const known = present[at]?.known;
    if (known === undefined || known.id === id) return id;
    throw new HubError(
      'conflict',
      `What shows the serial ${known.serial} at this place is the component ${id}, not ${known.id}, as an operator decided: state it of that one, or revoke the decision`,
      { extra: { component_id: id } },
    );
  });
}
