type Data = Readonly<Record<string, unknown>>;

/**
 * Names of their object that nobody reads, writes or leaves on purpose. What holds several independent values (`custom_fields`) is listed
 * name by name; a reference or a choice (`site`, `status`) counts as a whole.
 */
export function unmappedIn(data: Data, mapped: readonly string[], leave: readonly string[]): string[] {
  const isLeft = (path: string): boolean =>
    leave.some((pattern) =>
      pattern.endsWith('*')
        ? path.startsWith(pattern.slice(0, -1))
        : path === pattern || path.startsWith(`${pattern}.`),
    );
  const isMapped = (path: string): boolean => mapped.some((one) => isWithin(one, path) || isWithin(path, one));
  const listed = (path: string): boolean => !isLeft(path) && !isMapped(path);
  return Object.keys(data).flatMap((name) => {
    const value = data[name];
    // `site` and `status` are read whole by any path into them, `custom_fields` is not
    if (isLeft(name) || mapped.includes(name)) return [];
    if (isCollection(value))
      return Object.keys(value)
        .map((inner) => `${name}.${inner}`)
        .filter(listed);
    return listed(name) ? [name] : [];
  });
}

/** `custom_fields.a` is within `custom_fields`, and so is `tags[*].slug` within `tags`. */
function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

function isCollection(value: unknown): value is Data {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !Object.hasOwn(value, 'id') && !(Object.hasOwn(value, 'value') && Object.hasOwn(value, 'label'));
}
