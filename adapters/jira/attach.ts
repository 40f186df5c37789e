import { createHash } from 'node:crypto';
import type { JiraClient } from './client.ts';

/** Jira's limit for the name of a file. */
const NAME_LIMIT = 255;

/** `report.pdf` with a key becomes `report-3f9ab2c14d5e.pdf`: the name is all by which an attachment is found again. */
export function attachmentName(name: string, key: string): string {
  const safe = name
    .replaceAll(/[\p{Cc}<>:"/\\|?*]+/gu, '_')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const [, base = '', ending = ''] = /^(.*?)(\.[A-Za-z0-9]{1,10})?$/s.exec(safe) ?? [];
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 12);
  const room = NAME_LIMIT - hash.length - 1 - ending.length;
  return `${base.slice(0, room) || 'file'}-${hash}${ending}`;
}

/** Once per key: one that is there already is taken for it. */
export async function attachOnce(
  client: JiraClient,
  key: string,
  id: string,
  file: { name: string; type: string; bytes: Buffer },
  signal: AbortSignal,
): Promise<{ id: string }> {
  const name = attachmentName(file.name, key);
  const there = (await client.attachments(id, signal)).find((one) => one.filename === name);
  if (there !== undefined) return { id: there.id };
  const made = await client.addAttachment(id, { ...file, name }, signal);
  return { id: made.id };
}
