export const REDACTED = 'REDACTED';

/** One way in which a secret shows itself, wherever it stands. `keep`: what of the match stays. */
interface Shape {
  why: string;
  pattern: RegExp;
  keep(...groups: string[]): string;
}

const whole = (): string => REDACTED;

const SHAPES: readonly Shape[] = [
  {
    why: 'private key',
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|$)/g,
    keep: whole,
  },
  {
    why: 'password hash',
    pattern:
      /\$(?:[156y]|2[abxy]?|7|gy|md5|sha1|apr1|argon2(?:id|i|d)?|pbkdf2(?:-sha\d+)?|scrypt)\$[./A-Za-z0-9+=,$-]{12,}/g,
    keep: whole,
  },
  {
    why: 'LDAP password hash',
    pattern: /\{(?:S?SHA(?:256|512)?|S?MD5|CRYPT|PBKDF2)\}[A-Za-z0-9+/=$.]{8,}/gi,
    keep: whole,
  },
  { why: 'web token', pattern: /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, keep: whole },
  { why: 'NVMe key', pattern: /\b(?:DHHC-1:\d\d|NVMeTLSkey-1:\d\d):[A-Za-z0-9+/=]{16,}:?/g, keep: whole },
  {
    why: 'licence key',
    pattern: /\b(?:[A-Z0-9]{5}-){4}[A-Z0-9]{5}\b|\b(?:[A-Z0-9]{4}-){5,}[A-Z0-9]{4}\b/g,
    keep: whole,
  },
  {
    why: 'authorization header',
    pattern: /\b(Basic|Bearer|Digest|Negotiate)(\s+)(?=\S*[\d=+/])[A-Za-z0-9+/=._~-]{8,}/gi,
    keep: (scheme, blank) => `${scheme}${blank}${REDACTED}`,
  },
  {
    why: 'credentials in a URL',
    pattern: /(\b[a-z][a-z0-9+.-]{1,15}:\/\/[^/\s:@"'<>]{0,100}):[^/\s@"'<>]{1,200}@/gi,
    keep: (before) => `${before}:${REDACTED}@`,
  },
  {
    why: 'secret in a query',
    pattern:
      /([?&;](?:[\w.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?key|access_?key|signature)|auth|sig|key)=)(?!REDACTED)[^&#\s"']+/gi,
    keep: (before) => before + REDACTED,
  },
  {
    why: 'secret in a tag',
    pattern:
      /(<((?:\w+:)?\w*(?:passw(?:or)?d|passphrase|secret|community|token|PrivateKey|LicenseKey)\w*)(?:\s[^<>]*)?>)(?!REDACTED<)[^<]+(<\/\2>)/gi,
    keep: (open, _name, close) => open + REDACTED + close,
  },
  {
    // Dell's server profiles: <Attribute Name="Users.2#Password">…</Attribute>
    why: 'secret in an attribute',
    pattern:
      /(<Attribute\s+Name="[^"]*(?:passw(?:or)?d|passphrase|secret|community|key|salt)[^"]*"[^<>]*>)(?!REDACTED<)[^<]+(<\/Attribute>)/gi,
    keep: (open, close) => open + REDACTED + close,
  },
  {
    why: 'secret named in a text',
    pattern:
      /(\b[\w.#-]{0,60}(?:passw(?:or)?d|passphrase|pwd|secret|auth-?token|community(?:[ _-]?string)?|x-auth-token)(?:"|')?\s*=\s*(?:"|')?)(?!REDACTED)[^\s"',;&)]+/gi,
    keep: (before) => before + REDACTED,
  },
  {
    // With a colon it may be prose ("Password: must contain …"): only what prose does not look like.
    why: 'secret named in a text',
    pattern:
      /(\b(?:passw(?:or)?d|passphrase|pwd|secret|token|community(?:[ _-]?string)?)(?:"|')?\s*(?::|\bis|\bto|\bwas)\s*)(?:"(?!REDACTED")[^"]{1,200}"|'(?!REDACTED')[^']{1,200}'|(?=[^\s]*[\d!@#$%^&*+=~])(?!REDACTED)[^\s"',;]{4,}(?<![.:]))/gi,
    keep: (before) => before + REDACTED,
  },
  {
    why: 'secret on a command line',
    pattern:
      /(\b(?:ipmitool|racadm|ilorest|sshpass|redfishtool|sum|saa|wget|curl)\b[^\n]{0,200}?\s(?:-[pP]|--?passw(?:or)?d|--user|(?<=\bcurl\b[^\n]{0,200}\s)-u)[\s=]\s*)(?!REDACTED)\S+/g,
    keep: (before) => before + REDACTED,
  },
  {
    // Base.PropertyValueNotInList and its kin quote what was refused.
    why: 'refused value',
    pattern:
      /(\bthe value )(?!REDACTED)\S.{0,200}?( (?:for|of|provided for|in|to) the (?:property|parameter|header|attribute) '?"?[\w.#/[\]-]{0,80}(?:passw(?:or)?d|passphrase|pwd|secret|community|token|key)\b)/gi,
    keep: (before, after) => before + REDACTED + after,
  },
];

/** One look that tells for nearly every text that it holds nothing of the above. */
const SUSPECT =
  /-----BEGIN|\$\w{1,16}[$-]|\{\w{3,8}\}|eyJ|DHHC|NVMeTLS|[A-Z0-9]{4,5}-[A-Z0-9]{4,5}-[A-Z0-9]{4,5}-|basic |bearer |digest |negotiate |:\/\/[^/\s]*@|pass|pwd|secret|communit|token|sig|auth|key|ipmitool|racadm|ilorest|redfishtool|curl|wget|\bsum\b|\bsaa\b/i;

/** A text without the secrets in it, and what they were. */
export function scrubText(text: string): { text: string; why: string | null } {
  if (text.length < 6 || !SUSPECT.test(text)) return { text, why: null };
  let clean = text;
  let why: string | null = null;
  for (const shape of SHAPES) {
    const next = clean.replace(shape.pattern, (_match, ...rest: unknown[]) =>
      shape.keep(...rest.map((one) => (typeof one === 'string' ? one : ''))),
    );
    if (next === clean) continue;
    clean = next;
    why ??= shape.why;
  }
  return { text: clean, why };
}

/** For a log line or a message to a person. */
export function withoutSecretText(text: string): string {
  return scrubText(text).text;
}

/** Hex or Base64 of sixteen bytes and more, or a licence: what a key, a hash or a session's id is made of. Words and paths are not. */
export function looksLikeKey(value: string): boolean {
  const text = value.trim();
  if (/^(?:0x)?[0-9a-f]{16,}$/i.test(text) || /^(?:[0-9a-f]{2}[: -]){15,}[0-9a-f]{2}$/i.test(text))
    return /[1-9a-f]/i.test(text);
  if (/^[A-Za-z0-9+/_-]{20,}={0,2}$/.test(text))
    return /\d/.test(text) && /[a-z]/i.test(text) && !text.startsWith('/') && !/^[A-Za-z]+[-_/][A-Za-z]+/.test(text);
  return /^\d{4,12}$/.test(text);
}

/** Hex, or Base64 in both cases: what stands in an account beside names and roles. */
export function looksLikeHash(text: string): boolean {
  if (/^(?:0x)?[0-9a-f]{16,}$/i.test(text)) return /[1-9a-f]/i.test(text);
  return /^[A-Za-z0-9+/]{20,}={0,2}$/.test(text) && /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text);
}

/** Masked already, by the BMC or by us, or nothing at all. */
export function isMasked(value: string): boolean {
  return /^[*\s•x-]*$|^(?:REDACTED|<?(?:hidden|masked|removed|redacted)>?|null|not set|n\/a|\[redacted\])$/i.test(
    value,
  );
}
