/** What a sender calls a file, no longer than is kept. Null where it says nothing. */
export function shortName(name: string): string | null {
  if (name === '') return null;
  // A cut may go through the middle of a sign, and a half one is no text for the database.
  return name.slice(0, 255).toWellFormed();
}
