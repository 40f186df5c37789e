/** What the file at an address is called. Where its escapes make no sense (a `%` of its own), as it stands there. */
export function fileNameOf(uri: string): string {
  const name = new URL(uri).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return name;
    throw error;
  }
}
