import type { PlainContent } from './client.ts';

/** Jira refuses a rich text field above 32,767 characters, unless an administrator says otherwise; this leaves room for the links. */
const TEXT_LIMIT = 24_000;

/**
 * Paragraphs of plain text and then the links as a list, in the wiki markup of Data Center. Undefined when nothing is left to say.
 * https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
 */
export function toWiki(content: PlainContent): string | undefined {
  const blocks: string[] = [];
  let room = TEXT_LIMIT;
  for (const paragraph of content.paragraphs) {
    const text = paragraph.trim();
    if (text === '') continue;
    const escaped = escapeWiki(text);
    if (escaped.length > room) {
      blocks.push(`${longestThatFits(text, room)}… (shortened)`);
      break;
    }
    room -= escaped.length;
    blocks.push(escaped);
  }
  const links = content.links.filter((link) => link.url !== '').map(toListItem);
  if (links.length > 0) blocks.push(links.join('\n'));
  return blocks.length === 0 ? undefined : blocks.join('\n\n');
}

/** What is written may be several times as long as what is read. */
function longestThatFits(text: string, room: number): string {
  for (let end = room; end > 0; end = Math.floor(end * 0.8)) {
    const escaped = escapeWiki(text.slice(0, end));
    if (escaped.length <= room) return escaped;
  }
  return '';
}

function toListItem(link: { title: string; url: string }): string {
  const title = link.title.trim();
  return `* [${title === '' ? '' : `${escapeWiki(title)}|`}${safeUrl(link.url)}]`;
}

/** What means something inside of a link or a macro, as a URL writes it. */
function safeUrl(url: string): string {
  return url.replaceAll(/[\s[\]{}|\\^]/g, (char) => encodeURIComponent(char));
}

const URL_IN_TEXT = /https?:\/\/\S+/g;

/** Plain text that is to be read as it stands, with the addresses in it still to be clicked on. */
export function escapeWiki(text: string): string {
  let escaped = '';
  let at = 0;
  for (const found of text.matchAll(URL_IN_TEXT)) {
    escaped += escapeWords(text.slice(at, found.index)) + safeUrl(found[0]);
    at = found.index + found[0].length;
  }
  return escaped + escapeWords(text.slice(at));
}

/** A smiley or sign such as `(x)` and `:D`, which Jira shows as a picture. */
const SIGNS = /\((?=(?:[/xyin!?+*-]|on|off|\*[rgby]|flag|flagoff)\))|[:;](?=[()PD])/g;

function escapeWords(text: string): string {
  return (
    text
      .replaceAll(/&(?=#?\w{1,10};)/g, '&amp;')
      // Two of them would be a line break, and one before a sign an escape
      .replaceAll('\\', '&#92;')
      .replaceAll(SIGNS, '\\$&')
      .replaceAll(/[{}[\]|!^~]/g, '\\$&')
      .replaceAll('??', '\\?\\?')
      // Between letters and digits these are themselves: `ams1-srv_07`
      .replaceAll(/(?<![\p{L}\p{N}])[*_+-]|[*_+-](?![\p{L}\p{N}])/gu, '\\$&')
      .replaceAll(/^([ \t]*)#/gm, '$1\\#')
      .replaceAll(/^([ \t]*(?:h[1-6]|bq))\./gm, '$1&#46;')
  );
}

/** Wiki markup as plain text: what a person reads, roughly. */
export function readWiki(value: unknown): string {
  if (typeof value !== 'string') return '';
  return value
    .replaceAll(/\{(?:code|noformat|quote|color|panel)(?::[^}\n]{0,200})?\}/g, '')
    .replaceAll(/\[([^\]|\n]{1,500})\|([^\]\n]{1,2000})\]/g, '$1 $2')
    .replaceAll(/\\([^\p{L}\p{N}\s\\])/gu, '$1')
    .replaceAll('&#92;', '\\')
    .replaceAll('&#46;', '.')
    .replaceAll('&amp;', '&')
    .trim();
}
