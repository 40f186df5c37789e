/** How many parts share each name. */
export function counted(names: Iterable<string | null>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** The place where the name is nobody else's; else with what tells it apart. */
export function placeOrHandle(place: string | null, counts: Map<string, number>, handle: string, what: string): string {
  return place !== null && counts.get(place) === 1 ? place : `${place ?? what} (${handle})`;
}

/** Adds to a list among the attributes, once each. */
export function addTo(attributes: Record<string, unknown>, name: string, value: string): void {
  const list = attributes[name];
  if (!Array.isArray(list)) attributes[name] = [value];
  // A card has a handful of ports; a file that claims thousands is no longer told apart.
  else if (list.length < 256 && !list.includes(value)) list.push(value);
}
