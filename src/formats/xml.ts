import { XMLParser } from 'fast-xml-parser';

/** A big server's whole inventory is 3 MB; beyond this a file is no inventory, and the tree in memory is twenty times its text. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
const DEEPEST = 100;

export interface XmlReading {
  /**
   * By element name without its prefix; attributes are prefixed `@`, text stands under `#text` where there are attributes or children,
   * all values are strings, a list only where an element is repeated. What was read before a fault is kept.
   */
  document: Record<string, unknown>;
  /** Why the document is not whole, as a sentence; null where it is well-formed. Nothing may be concluded absent from one with a fault. */
  fault: string | null;
}

/** Reads one XML document. Never throws, fetches nothing and expands nothing but the five named entities and character references. */
export function parseXml(text: string): XmlReading {
  if (text.length > MOST_CHARACTERS) return refused(`The XML is longer than ${MOST_CHARACTERS} characters.`);
  const bare = withoutDoctype(text);
  if (bare === null) return refused('The XML declares entities of its own, which are not expanded.');
  if (!bare.includes('<')) return refused('There is no XML element.');
  const fault = findFault(bare);
  if (fault === 'too deep') return refused(`The XML is nested more than ${DEEPEST} deep.`);
  try {
    return { document: build(bare), fault };
  } catch {
    return buildUpToTheBreak(bare, fault);
  }
}

/** A file may hold several documents one after the other, each with its own declaration (`<?xml …?>`). */
export function splitXmlDocuments(text: string): string[] {
  const documents: string[] = [];
  let start = 0;
  for (let next = text.indexOf('<?xml ', 1); next !== -1; next = text.indexOf('<?xml ', next + 1)) {
    documents.push(text.slice(start, next));
    start = next;
  }
  documents.push(text.slice(start));
  return documents.filter((one) => one.includes('<'));
}

function refused(fault: string): XmlReading {
  return { document: {}, fault };
}

/** A cut-off file ends within a tag; what stands before it is still worth reading. */
function buildUpToTheBreak(text: string, fault: string | null): XmlReading {
  const sentence = fault ?? 'The XML cannot be read to its end.';
  try {
    return { document: build(text.slice(0, text.lastIndexOf('>') + 1)), fault: sentence };
  } catch {
    return refused(sentence);
  }
}

function build(text: string): Record<string, unknown> {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    textNodeName: '#text',
    parseTagValue: false,
    parseAttributeValue: false,
    removeNSPrefix: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    processEntities: false,
    maxNestedTags: DEEPEST,
    tagValueProcessor: (_name, value) => decode(value),
    attributeValueProcessor: (_name, value) => decode(value),
  });
  const document: unknown = parser.parse(text);
  return typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
}

/** nvidia-smi names its DTD in every document: that alone is harmless and left out. A DTD inside the document is not read. */
function withoutDoctype(text: string): string | null {
  if (/<!ENTITY/i.test(text)) return null;
  const at = text.search(/<!DOCTYPE/i);
  if (at === -1) return text;
  const end = text.indexOf('>', at);
  if (end === -1 || text.slice(at, end).includes('[')) return null;
  const rest = text.slice(end + 1);
  return /<!DOCTYPE/i.test(rest) ? null : text.slice(0, at) + rest;
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(value: string): string {
  if (!value.includes('&')) return value;
  return value.replace(/&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g, (whole, name, digits, hex) => {
    if (typeof name === 'string') return NAMED[name] ?? whole;
    const point = typeof digits === 'string' ? Number(digits) : Number.parseInt(String(hex), 16);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/**
 * Whether every element is closed, by one walk over the tags. The parser's own validator takes time quadratic in the white space within a
 * tag, and the parser alone takes a document that stops in the middle without a word.
 */
function findFault(text: string): string | null {
  const open: string[] = [];
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    const special = skipSpecial(text, at);
    if (special === -1) return 'The XML ends in the middle of a comment or instruction.';
    if (special > at) {
      at = special;
      continue;
    }
    const end = endOfTag(text, at);
    if (end === -1) return 'The XML ends in the middle of an element.';
    if (text[at + 1] === '/') {
      const name = text.slice(at + 2, end).trim();
      const last = open.pop();
      if (last !== name)
        return `The XML closes ${quote(name)} where ${last === undefined ? 'nothing' : quote(last)} is open.`;
    } else if (text[end - 1] !== '/') {
      open.push(nameAt(text, at + 1, end));
      if (open.length > DEEPEST) return 'too deep';
    }
    at = end;
  }
  return open.length === 0 ? null : `The XML ends before ${quote(open.at(-1) ?? '')} is closed.`;
}

/** The end of what is no element at `at`, `at` itself where an element is there, -1 where it never ends. */
function skipSpecial(text: string, at: number): number {
  const pairs = [
    ['<!--', '-->'],
    ['<![CDATA[', ']]>'],
    ['<?', '?>'],
  ] as const;
  for (const [start, end] of pairs) if (text.startsWith(start, at)) return text.indexOf(end, at + start.length);
  return at;
}

function endOfTag(text: string, at: number): number {
  let inside = '';
  for (let index = at + 1; index < text.length; index += 1) {
    const one = text.charAt(index);
    if (inside !== '') {
      if (one === inside) inside = '';
    } else if (one === '"' || one === "'") inside = one;
    else if (one === '>') return index;
  }
  return -1;
}

function nameAt(text: string, start: number, end: number): string {
  let index = start;
  while (index < end && !/[\s/]/.test(text.charAt(index))) index += 1;
  return text.slice(start, index);
}

function quote(name: string): string {
  return `'${name.slice(0, 60)}'`;
}
