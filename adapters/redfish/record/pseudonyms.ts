import { createHmac } from 'node:crypto';
import { isRecord } from '../decode.ts';

/** Names of properties whose value tells one machine from all others. */
const IDENTIFIES =
  /^(?:.*serialnumber|.*servicetag|.*assettag|uuid|.*uuid|sku|hostname|fqdn|domainname|nodeid|chassisservicetag|expressservicecode\w*|wwn|wwpn|wwnn|durablename|protectedidentificationnumber|hostingroles?name|.*macaddress|permanentmacaddress|username|loginname|ip(?:v[46])?address(?:es)?|address|gateway|.*gateway|nameservers?|staticnameservers|remoteaddress|clientoriginipaddress|systemservicetag|systemid)$/i;
const MAC = /(?<![0-9A-Fa-f:-])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:-])/g;
const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const NOTHING =
  /^\s*$|^(?:n\/?a|null|none|unknown|default(?: string)?|unspecified|not (?:available|specified)|to be filled by o\.?e\.?m\.?|0+|[0:.-]+|f+|(?:ff[:-]?){6}|root|admin|administrator|localhost|system\.embedded\.1)$/i;
const SHORTEST = 5;

/**
 * Other serials, addresses and names in the place of the real ones: the same for the same, everywhere, in the same form. Who has no key cannot
 * tell them back.
 */
export interface Pseudonyms {
  /** Takes note of what identifies the machine in a body. First of all bodies, then `apply`. */
  learn(body: unknown): void;
  apply<T>(body: T): T;
  applyText(text: string): string;
  count(): number;
}

export function createPseudonyms(key: Buffer): Pseudonyms {
  const known = new Map<string, string>();
  let pattern: RegExp | null = null;

  function note(text: string, name: string): void {
    for (const mac of text.match(MAC) ?? []) remember(mac, macFor(mac));
    const value = text.trim();
    if (value.length < SHORTEST || NOTHING.test(value) || MAC.test(value)) return void (MAC.lastIndex = 0);
    MAC.lastIndex = 0;
    if (!IDENTIFIES.test(name)) return;
    if (IPV4.test(value)) return remember(value, ipFor(value));
    if (/address|gateway|server/i.test(name) && !/[.:]/.test(value)) return;
    remember(value, sameForm(value));
  }

  function remember(real: string, other: string): void {
    if (real === other || known.has(real)) return;
    known.set(real, other);
    pattern = null;
  }

  function bytesFor(text: string, length: number): Buffer {
    const parts: Buffer[] = [];
    for (let at = 0; at * 32 < length; at += 1)
      parts.push(createHmac('sha256', key).update(`${at}|${text.toLowerCase()}`).digest());
    return Buffer.concat(parts);
  }

  /** Hex stays hex (UUIDs, WWNs), digits digits, letters letters, and everything else where it is. */
  function sameForm(text: string): string {
    const bytes = bytesFor(text, text.length);
    const hex = /^[0-9a-f-]{12,}$/i.test(text) && /\d/.test(text);
    return text
      .split('')
      .map((letter, at) => {
        const byte = bytes[at] ?? 0;
        if (/\d/.test(letter)) return String(hex && at > 0 ? byte % 10 : (byte % 9) + 1);
        if (/[a-z]/i.test(letter)) {
          const next = hex ? 'abcdef'[byte % 6] : 'abcdefghjkmnpqrstvwxyz'[byte % 22];
          return letter === letter.toUpperCase() ? (next ?? 'x').toUpperCase() : (next ?? 'x');
        }
        return letter;
      })
      .join('');
  }

  /** The maker's half stays: it says which adapter it is. */
  function macFor(mac: string): string {
    const separator = mac[2] ?? ':';
    const plain = mac.replaceAll(/[:-]/g, '').toLowerCase();
    if (NOTHING.test(mac)) return mac;
    const tail = bytesFor(plain, 3).subarray(0, 3).toString('hex');
    const next = `${plain.slice(0, 6)}${tail}`.replaceAll(/(..)(?!$)/g, `$1${separator}`);
    return mac === mac.toUpperCase() ? next.toUpperCase() : next;
  }

  /** Into the network for benchmarks (RFC 2544). Masks, loopback and link-local say nothing of the site. */
  function ipFor(text: string): string {
    if (/^(?:0|127|255)\.|^169\.254\.|\.0$/.test(text)) return text;
    const bytes = bytesFor(text, 3);
    return `198.${18 + ((bytes[0] ?? 0) % 2)}.${bytes[1] ?? 0}.${((bytes[2] ?? 0) % 254) + 1}`;
  }

  function learn(body: unknown, name = '', depth = 0): void {
    if (depth > 100) return;
    if (typeof body === 'string') return note(body, name);
    if (Array.isArray(body)) return body.forEach((one) => learn(one, name, depth + 1));
    if (!isRecord(body)) return;
    for (const [inner, value] of Object.entries(body)) learn(value, lastWord(inner), depth + 1);
  }

  function applyText(text: string): string {
    pattern ??= patternOf(known.keys());
    if (pattern === null) return text;
    return text.replace(pattern, (real) => known.get(real) ?? real);
  }

  function apply(value: unknown): unknown {
    if (typeof value === 'string') return applyText(value);
    if (Array.isArray(value)) return value.map(apply);
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, apply(inner)]));
  }

  return { learn, apply: <T>(body: T) => apply(body) as T, applyText, count: () => known.size };
}

/** `NIC.1.MACAddress` and the like. */
const lastWord = (name: string): string => name.split('.').at(-1) ?? name;

/** Longest first, so that a serial within a longer one does not break it; not in the middle of a word. */
function patternOf(reals: Iterable<string>): RegExp | null {
  const words = [...reals].toSorted((a, b) => b.length - a.length);
  if (words.length === 0) return null;
  const escaped = words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`(?<![A-Za-z0-9])(?:${escaped.join('|')})(?![A-Za-z0-9])`, 'g');
}
