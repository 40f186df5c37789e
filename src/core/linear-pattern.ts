/** How many ways a pattern may try at one place of a text, from its beginning and from every place of it. */
const MOST_WAYS = { anchored: 5000, anywhere: 64 };

/**
 * A regular expression whose work is bounded whatever the text: every repetition has a small upper limit, groups are at most optional, and
 * the number of ways to read a text is counted and limited. Names of parts come from EEPROMs that anybody can write.
 *
 * @param groups with `numbered`, `(…)` is allowed beside `(?:…)` and `(?<name>…)`
 * @throws Error saying what is not allowed
 */
export function linearPattern(text: string, groups: 'named' | 'numbered' = 'named'): RegExp {
  const reader = { text, at: text.startsWith('^') ? 1 : 0, groups };
  const ways = readAlternatives(reader);
  if (reader.at < text.length) throw new Error(`a ")" too many at ${reader.at} of ${text}`);
  const most = text.startsWith('^') ? MOST_WAYS.anchored : MOST_WAYS.anywhere;
  if (ways > most) throw new Error(`${ways} ways to read a text, at most ${most}: ${text}`);
  return new RegExp(text);
}

interface Reader {
  text: string;
  at: number;
  groups: 'named' | 'numbered';
}

/** Alternatives add up, what follows each other multiplies. */
function readAlternatives(reader: Reader): number {
  let sum = 0;
  let product = 1;
  while (reader.at < reader.text.length && reader.text.charAt(reader.at) !== ')') {
    if (reader.text.charAt(reader.at) === '|') {
      sum += product;
      product = 1;
      reader.at += 1;
    } else product *= readRepeated(reader);
  }
  return sum + product;
}

function readRepeated(reader: Reader): number {
  const begin = reader.at;
  const inside = readAtom(reader);
  const rest = reader.text.slice(reader.at);
  const [all, least, most = least] = /^\{(\d{1,2})(?:,(\d{1,2}))?\}/.exec(rest) ?? [];
  if (rest.startsWith('?')) {
    reader.at += 1;
    return inside + 1;
  }
  if (/^[*+{]/.test(rest) && all === undefined)
    throw new Error(`"${rest.charAt(0)}" at ${reader.at} of ${reader.text}: a repetition needs a limit, e.g. {1,3}`);
  if (all === undefined) return inside;
  if (reader.text.charAt(begin) === '(') throw new Error(`a group may be optional, not repeated: ${reader.text}`);
  reader.at += all.length;
  return Number(most) - Number(least) + 1;
}

function readAtom(reader: Reader): number {
  const rest = reader.text.slice(reader.at);
  if (rest.startsWith('(')) {
    const opening =
      reader.groups === 'named'
        ? /^\((?:\?:|\?<[a-z][A-Za-z]{0,20}>)/.exec(rest)
        : /^\((?:\?:|\?<[a-z][A-Za-z]{0,20}>|(?!\?))/.exec(rest);
    if (!opening) throw new Error(`only (?:…) and (?<name>…) at ${reader.at} of ${reader.text}`);
    reader.at += opening[0].length;
    const ways = readAlternatives(reader);
    if (reader.text.charAt(reader.at) !== ')') throw new Error(`a "(" is not closed: ${reader.text}`);
    reader.at += 1;
    return ways;
  }
  const atom = /^(?:\[[^\]]+\]|\\[dDwW.+*?()/[\]-]|[^\\()[\]{}*+?|])/.exec(rest);
  if (!atom) throw new Error(`not understood at ${reader.at} of ${reader.text}`);
  reader.at += atom[0].length;
  return 1;
}
