/** What NetBox says about one object, field by field, as one line for a person. */
export function wordsOf(body: unknown): string {
  const words = lines(body, '').join('; ');
  return words === '' ? 'NetBox gave no reason' : words;
}

/** Keys of what pertains to no field; the first from 4.7 on everywhere. */
const OF_NO_FIELD = new Set(['__all__', 'non_field_errors', 'detail']);

function lines(value: unknown, at: string): string[] {
  if (value === null || value === undefined || value === '') return [];
  if (Array.isArray(value)) {
    const texts = value.filter((one) => typeof one !== 'object').map(String);
    const rest = value.filter((one) => typeof one === 'object').flatMap((one) => lines(one, at));
    return texts.length > 0 ? [`${at}${texts.join(' ')}`, ...rest] : rest;
  }
  if (typeof value !== 'object') return [`${at}${String(value)}`];
  return Object.entries(value).flatMap(([field, inner]) =>
    lines(inner, OF_NO_FIELD.has(field) ? at : `${at.replace(/: $/, '.')}${field}: `),
  );
}

export interface NamedRefusal {
  /** Of the entry in the request, or of the object: one of them. */
  index?: number;
  id?: number;
  errors: Record<string, unknown>;
}

/** Entries that a refused bulk names: by id or index from 4.7 on; before, only creations, as a list with one item for each entry. */
export function namedRefusals(body: unknown): NamedRefusal[] {
  if (Array.isArray(body)) {
    return body.flatMap((errors: unknown, index) =>
      typeof errors === 'object' && errors !== null && Object.keys(errors).length > 0
        ? [{ index, errors: errors as Record<string, unknown> }]
        : [],
    );
  }
  const errors = (body as { errors?: unknown } | null)?.errors;
  if (!Array.isArray(errors)) return [];
  return errors.filter(
    (one: NamedRefusal | null): one is NamedRefusal =>
      typeof one?.errors === 'object' && (typeof one.id === 'number' || typeof one.index === 'number'),
  );
}

/** From 4.7 on, what is not there (or not for us) is told so; everything else that is said names a field. */
export function isGone({ errors, id }: NamedRefusal): boolean {
  const names = Object.keys(errors);
  return id !== undefined && names.length === 1 && names[0] === 'id';
}
