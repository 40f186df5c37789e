/** With the offset beside it where the time carries none (iLO, X10). Null before 2015, when no BMC with Redfish was built yet. */
export function asInstant(text: string | null, offset: string | null): string | null {
  const found = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(Z|[+-]\d{2}:?\d{2})?$/i.exec(text ?? '');
  if (found === null) return null;
  const zone = found[2] ?? (/^[+-]\d{2}:\d{2}$/.test(offset ?? '') ? offset : 'Z');
  const at = new Date(`${found[1] ?? ''}${(zone ?? 'Z').toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  if (Number.isNaN(at.getTime())) return null;
  const year = at.getUTCFullYear();
  return year >= 2015 && year < 2100 ? at.toISOString() : null;
}
