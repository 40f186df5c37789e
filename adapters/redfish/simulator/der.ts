// DER (X.690), as much of it as a certificate needs.

export function tag(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type]), length(content.length), content]);
}

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size]);
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 + bytes.length, ...bytes]);
}

export function sequence(...parts: Buffer[]): Buffer {
  return tag(0x30, Buffer.concat(parts));
}

export function set(...parts: Buffer[]): Buffer {
  return tag(0x31, Buffer.concat(parts));
}

export function integer(bytes: Buffer): Buffer {
  return tag(0x02, bytes);
}

export function boolean(value: boolean): Buffer {
  return tag(0x01, Buffer.from([value ? 0xff : 0]));
}

export function octets(content: Buffer): Buffer {
  return tag(0x04, content);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups: number[] = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left % 128) + 128);
    bytes.push(...groups);
  }
  return tag(0x06, Buffer.from(bytes));
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
export function time(at: Date): Buffer {
  const digits = `${at.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`;
  return at.getUTCFullYear() < 2050 ? tag(0x17, Buffer.from(digits.slice(2))) : tag(0x18, Buffer.from(digits));
}

/** What stands in a constructed value, whole and one after the other. */
export function childrenOf(value: Buffer): Buffer[] {
  const children: Buffer[] = [];
  let at = value.length - contentOf(value).length;
  while (at < value.length) {
    const size = sizeOf(value.subarray(at));
    children.push(value.subarray(at, at + size));
    at += size;
  }
  return children;
}

function contentOf(value: Buffer): Buffer {
  const first = value[1] ?? 0;
  return value.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f));
}

function sizeOf(value: Buffer): number {
  const first = value[1] ?? 0;
  if (first < 0x80) return 2 + first;
  const bytes = first & 0x7f;
  let size = 0;
  for (const byte of value.subarray(2, 2 + bytes)) size = size * 256 + byte;
  return 2 + bytes + size;
}

export function pemOf(label: string, der: Buffer): string {
  const lines = der.toString('base64').replaceAll(/(.{64})(?!$)/g, '$1\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

export function derOf(pem: string): Buffer {
  return Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
}
