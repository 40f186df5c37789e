/** Without leading zeros, which some read as octal. */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** An IP address in its one short form (`2001:DB8:0::1` → `2001:db8::1`); undefined for anything else, names and prefixes included. */
export function plainHost(text: string): string | undefined {
  if (IPV4.test(text)) return text;
  if (!/^[0-9A-Fa-f.:]{2,45}$/.test(text)) return undefined;
  const address = `http://[${text}]`;
  return URL.canParse(address) ? new URL(address).hostname.slice(1, -1) : undefined;
}
