/** What a property's name says of its value. 'maybe': a key or a hash, which its value tells. */
export type NameVerdict = 'secret' | 'maybe' | 'plain';

/** Compared with the name in lower case without dots, dashes and underscores, so that spellings do not matter. */
const STRONG =
  /passw(?:or)?ds?|passphrases?|passcodes?|passkeys?|(?:^|user|admin|root|bmc|login)pwd|pwd$|secrets?|communit(?:y|ies)(?:names?|strings?)?|(?:private|priv|licen[cs]e|activation|product|(?:en|de)crypt(?:ion)?|security|shared|secret|ipmi|v3|auth|authentication|privacy|signing|api|kg|bmc|master|wrapping)keys?|keystring|^kg$|psk$|tokens?|cookies?|credentials?$|otp$|salts?$|^authorization$|^httpheaders$|(?:user|account|login|admin|root)hash(?:es)?$|^(?:sha\d+|md5)(?:v3)?key$/g;

/** What follows the secret's word makes it a word about secrets: PasswordLength, TokenType, CommunityAccessMode. */
const ABOUT = new Set(
  `length len min max minimum maximum policy policies expiry expires expiration expired history count require required requires requirement requirements
  status state enabled enable disable disabled change changed changeable guidance name type types check checking message messages protection support supported
  score mode age days date time timeout timestamp algorithm format valid validity lock lockout control rule rules complexity id identifier location path uri url
  size bits split management manager service services server servers present source usage delete reset action level number strength supports class duration
  install installed info access endpoint scheme title display help order index limit attempts retries settings capabilities capable info allowed link handle address delivery`.split(
    /\s+/,
  ),
);
/** Names of a community or of an account with a password are the secret's own. */
const NAMES_THE_SECRET = /communit(?:y|ies)names?$/;

/** "ForceChangePassword": "False" asks for something; the password is elsewhere. */
const ASKS =
  /^(?:force|require|requires|allow|enforce|delete|enable|disable|change|min|max|minimum|maximum|is|has|use)/i;
const YES_OR_NO =
  /^(?:true|false|yes|no|on|off|enabled?|disabled?|none|required|optional|supported|notsupported|\d{1,3})$/i;

/** Keys that are no secret whatever they look like. */
const OPEN_KEY = /public|host|slot|lang|hot|sort|map|registry|primary|foreign|row|quit|escape|identifier/i;

const verdicts = new Map<string, NameVerdict>();
const MOST = 20_000;

/** By the last part of the name: of `Users.1.SHA256Password` that is `SHA256Password`. What it says of a value is `isSecretValue`. */
export function verdictOf(name: string): NameVerdict {
  const known = verdicts.get(name);
  if (known !== undefined) return known;
  const verdict = judge(name);
  if (verdicts.size >= MOST) verdicts.clear(); // a hostile tree has as many names as it likes
  verdicts.set(name, verdict);
  return verdict;
}

export function isAskedFor(name: string, value: unknown): boolean {
  return typeof value === 'string' && ASKS.test(lastPart(name)) && YES_OR_NO.test(value.trim());
}

function judge(name: string): NameVerdict {
  // `Password@Redfish.AllowableValues` tells what is allowed, `@odata.id` where something stands.
  if (name.includes('@') || name.length > 300) return 'plain';
  // A number at the end is an attribute's number in Supermicro's and AMI's BIOS: `LoadAuthentication_Key_010A`.
  const last = lastPart(name).replace(/_[0-9A-F]{3,4}$/i, '');
  const plain = last.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (NAMES_THE_SECRET.test(plain)) return 'secret';
  let after: string | null = null;
  for (const match of plain.matchAll(STRONG)) after = plain.slice(match.index + match[0].length);
  if (after !== null) return isAbout(last, after) ? 'plain' : 'secret';
  if (/keys?$/.test(plain)) return OPEN_KEY.test(plain) ? 'plain' : 'maybe';
  return /hash$|digest$|^data$|session(?:id)?$|licen[cs]estring$|^pin$|pin(?:code)?$|credential/.test(plain)
    ? 'maybe'
    : 'plain';
}

/** `Users.2#Password` (Dell's profiles), `Oem/Dell/Password` (pointers in messages): the last part that is a word. */
function lastPart(name: string): string {
  const parts = name.split(/[.#/\\:\s[\]]+/).filter((part) => /[a-z]/i.test(part));
  return parts.at(-1) ?? name;
}

/** Whether what stands behind the secret's word is made of words about secrets, as the name divides them. */
function isAbout(last: string, after: string): boolean {
  if (after === '') return false;
  const words = last
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  let taken = '';
  const behind: string[] = [];
  for (const word of words.toReversed()) {
    if (taken.length >= after.length) break;
    taken = word + taken;
    behind.push(word);
  }
  return behind.some((word) => ABOUT.has(word)) || ABOUT.has(after);
}
