import type { TicketDraft } from '#src/ports/tickets.ts';

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
export function toAdf(draft: Pick<TicketDraft, 'paragraphs' | 'links'>): AdfDocument | undefined {
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
