import type { AdfDocument, AdfNode } from '../adf.ts';
import type { RichText } from './store.ts';

const NODES = new Set([
  'paragraph',
  'text',
  'hardBreak',
  'bulletList',
  'orderedList',
  'listItem',
  'heading',
  'codeBlock',
  'rule',
  'blockquote',
]);

/** Whether v3 would take it: a document of version 1, known nodes, no text node without text. A string is refused. */
function isAdf(value: unknown): value is AdfDocument {
  if (typeof value !== 'object' || value === null) return false;
  const document = value as Partial<AdfDocument>;
  return (
    document.type === 'doc' &&
    document.version === 1 &&
    Array.isArray(document.content) &&
    document.content.every(isNode)
  );
}

function isNode(node: AdfNode): boolean {
  if (!NODES.has(node.type)) return false;
  if (node.type === 'text') return typeof node.text === 'string' && node.text !== '';
  return (node.content ?? []).every(isNode);
}

export function isRichText(version: '2' | '3', value: unknown): value is RichText {
  return version === '3' ? isAdf(value) : typeof value === 'string';
}

/** As the version of the API shows it. */
export function shownAs(version: '2' | '3', text: RichText | null): RichText | null {
  if (text === null) return null;
  if (version === '3') return typeof text === 'string' ? fromText(text) : text;
  return toText(text);
}

/** v2 speaks plain strings. */
function fromText(text: string): AdfDocument {
  const content = text
    .split(/\n{2,}/)
    .map((one) => ({ type: 'paragraph', content: one === '' ? [] : [{ type: 'text', text: one }] }));
  return { type: 'doc', version: 1, content };
}

export function toText(text: RichText | null): string {
  if (text === null) return '';
  return typeof text === 'string' ? text : text.content.map(nodeText).join('\n\n');
}

function nodeText(node: AdfNode): string {
  if (node.type === 'hardBreak') return '\n';
  const own = node.text ?? (node.content ?? []).map(nodeText).join(node.type === 'bulletList' ? '\n' : '');
  const href = node.marks?.find((mark) => mark.type === 'link')?.attrs?.['href'];
  return typeof href === 'string' && href !== own ? `${own} ${href}` : own;
}

export function toHtml(text: RichText | null): string {
  const document = typeof text === 'string' ? fromText(text) : text;
  return document === null ? '' : document.content.map(nodeHtml).join('\n');
}

function nodeHtml(node: AdfNode): string {
  if (node.type === 'hardBreak') return '<br>';
  if (node.type === 'text') {
    const href = node.marks?.find((mark) => mark.type === 'link')?.attrs?.['href'];
    const text = escapeHtml(node.text ?? '');
    return typeof href === 'string' && /^https?:/.test(href) ? `<a href="${escapeHtml(href)}">${text}</a>` : text;
  }
  const tag = { bulletList: 'ul', orderedList: 'ol', listItem: 'li' }[node.type] ?? 'p';
  return `<${tag}>${(node.content ?? []).map(nodeHtml).join('')}</${tag}>`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
