import type { PlainContent } from './client.ts';

/** A node of the Atlassian Document Format (https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/). */
export interface AdfNode {
  type: string;
  text?: string;
  attrs?: Record<string, unknown>;
  marks?: { type: string; attrs?: Record<string, unknown> }[];
  content?: AdfNode[];
}
export interface AdfDocument {
  type: 'doc';
  version: 1;
  content: AdfNode[];
}

/** Jira refuses a rich text field above 32,767 characters; this leaves room for the links and the JSON around it. */
const TEXT_LIMIT = 24_000;

/**
 * Paragraphs of plain text and then the links as a list. Undefined when nothing is left to say: an empty document is
 * refused, and so is a text node without text.
 */
export function toAdf(draft: PlainContent): AdfDocument | undefined {
  const content: AdfNode[] = [];
  let room = TEXT_LIMIT;
  for (const paragraph of draft.paragraphs) {
    const text = paragraph.trim();
    if (text === '') continue;
    if (text.length > room) {
      content.push(toParagraph(`${text.slice(0, room)}… (shortened)`));
      break;
    }
    room -= text.length;
    content.push(toParagraph(text));
  }
  const items = draft.links.filter((link) => link.url !== '').map(toListItem);
  if (items.length > 0) content.push({ type: 'bulletList', content: items });
  return content.length === 0 ? undefined : { type: 'doc', version: 1, content };
}

function toParagraph(text: string): AdfNode {
  const content: AdfNode[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (index > 0) content.push({ type: 'hardBreak' });
    if (line !== '') content.push({ type: 'text', text: line });
  }
  return { type: 'paragraph', content };
}

function toListItem(link: { title: string; url: string }): AdfNode {
  const text = link.title.trim() === '' ? link.url : link.title.trim();
  const node: AdfNode = { type: 'text', text, marks: [{ type: 'link', attrs: { href: link.url } }] };
  return { type: 'listItem', content: [{ type: 'paragraph', content: [node] }] };
}

/** Longest nesting that is read: foreign documents come from anybody. */
const DEPTH = 50;

/** A document as plain text, blocks on lines of their own; '' for what is none. A string is taken as it is: older sites and webhooks have them. */
export function readAdf(value: unknown): string {
  if (typeof value === 'string') return value;
  const parts: string[] = [];
  collect(value, parts, 0);
  return parts
    .join('')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

const BLOCKS = new Set(['paragraph', 'heading', 'listItem', 'codeBlock', 'blockquote', 'tableRow', 'panel', 'rule']);

function collect(node: unknown, parts: string[], depth: number): void {
  if (typeof node !== 'object' || node === null || depth > DEPTH) return;
  const { type, text, attrs, content } = node as Partial<AdfNode>;
  if (type === 'hardBreak') return void parts.push('\n');
  if (typeof text === 'string') parts.push(text);
  // Mentions, cards and the like carry their words as attributes.
  const shown = attrs?.['text'] ?? attrs?.['url'];
  if (type !== 'text' && typeof shown === 'string') parts.push(shown);
  if (Array.isArray(content)) for (const one of content) collect(one, parts, depth + 1);
  if (type === 'tableCell' || type === 'tableHeader') parts.push(' ');
  if (type !== undefined && BLOCKS.has(type)) parts.push('\n');
}
