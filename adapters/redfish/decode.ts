import { z } from 'zod';

// BMCs send numbers as strings, "N/A" for a number, the string "null" (Supermicro X10), one object where the schema says
// list, and a list where it says object. So each field is decoded by what can be made of it, and what cannot be made sense
// of is null: unknown. Only that a resource is an object at all is insisted on.

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Trimmed, on one line; null when empty, the string "null", or not a text. A number becomes its digits. */
export function asText(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return null;
  // oxlint-disable-next-line no-control-regex -- iDRAC and iLO pad with NUL and carriage returns
  const text = value.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return text === '' || text === 'null' ? null : text.slice(0, 500);
}

export function asNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function asFlag(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  const text = value.trim().toLowerCase();
  if (text === 'true') return true;
  return text === 'false' ? false : null;
}

/** `{"@odata.id": …}`, iLO 4's `{"href": …}`, or the first of a list of them. */
export function asLink(value: unknown): string | null {
  if (Array.isArray(value)) return value.length === 0 ? null : asLink(value[0]);
  if (!isRecord(value)) return null;
  const id = value['@odata.id'] ?? value['href'];
  return typeof id === 'string' && id.trim() !== '' ? id.trim() : null;
}

export function asList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isRecord(value) ? [value] : [];
}

export const Text = z.unknown().optional().transform(asText);
/** What says that there is nothing to say. In a model or a version it is no more than silence. */
const PLACEHOLDER =
  /^(?:n\/?a|nil|none|null|unknown|undefined|not ?(?:available|specified|applicable|present)|to be filled.*|[.\-?x*]+)$/i;

/** A text that may be a placeholder. Serials are not read so: what identifies nothing there, the hub decides. */
export const Known = z
  .unknown()
  .optional()
  .transform((value) => {
    const text = asText(value);
    return text === null || PLACEHOLDER.test(text) ? null : text;
  });
export const Numeric = z.unknown().optional().transform(asNumber);
/** A size or a speed. What firmware does not know it writes as 0. */
export const Positive = z
  .unknown()
  .optional()
  .transform((value) => {
    const number = asNumber(value);
    return number !== null && number > 0 ? number : null;
  });
export const Flag = z.unknown().optional().transform(asFlag);
export const Link = z.unknown().optional().transform(asLink);
export const Links = z
  .unknown()
  .optional()
  .transform((value) =>
    asList(value)
      .map(asLink)
      .filter((link) => link !== null),
  );
export const Texts = z
  .unknown()
  .optional()
  .transform((value) =>
    (Array.isArray(value) ? value : [value]).map(asText).filter((text): text is string => text !== null),
  );

/** The part of a resource that is itself an object; missing or something else: an empty one. */
export function part<S extends z.ZodType>(schema: S) {
  return z.preprocess((value) => (isRecord(value) ? value : {}), schema);
}

/** A list of objects; one object stands for a list of one, anything else in it is skipped. */
export function listOf<S extends z.ZodType>(schema: S) {
  return z.preprocess((value) => asList(value).filter(isRecord), z.array(schema));
}

/** `State` Absent is an empty slot. */
export const Status = part(z.object({ State: Text, Health: Text }));
export type Status = z.infer<typeof Status>;

const PartPlace = part(z.object({ PartLocation: part(z.object({ ServiceLabel: Text })), PartLocationContext: Text }));

/** Where a part sits: `Location` or `PhysicalLocation`; older resources have a list there. */
export const Place = z.preprocess((value) => (Array.isArray(value) ? value[0] : value), PartPlace);
export type Place = z.infer<typeof Place>;

/** What every resource has, and every part. */
export const resource = { '@odata.id': Text, '@odata.type': Text, Id: Text, Name: Text, Status };
export const made = { Manufacturer: Known, Model: Known, PartNumber: Known, SerialNumber: Text };
type Made = z.output<z.ZodObject<typeof made>>;

/** The same, as a part of the inventory says it. */
export function madeOf(one: Made): {
  manufacturer: string | null;
  model: string | null;
  partNumber: string | null;
  serial: string | null;
} {
  return { manufacturer: one.Manufacturer, model: one.Model, partNumber: one.PartNumber, serial: one.SerialNumber };
}
