/**
 * @file Tokens that are found in the text itself before anything else is done to it: [MASK], <|endoftext|>. The
 * leftmost wins, and of several at one place the longest.
 */

/** One added token of `tokenizer.json`. */
export interface AddedToken {
  id: number;
  content: string;
  /** Found only where no letter, digit or underscore touches it. */
  singleWord: boolean;
  /** Takes the white space on its left, on its right, along. */
  leftStrip: boolean;
  rightStrip: boolean;
  /** Sought in the normalized text, not in the text as typed. */
  normalized: boolean;
  /** Dropped by `decode(…, { skipSpecialTokens })`. */
  special: boolean;
}

/** A stretch of text: plain, or one added token. */
export interface Section {
  start: number;
  end: number;
  token: AddedToken | null;
}

/** A function that cuts a text at its added tokens; `contentOf` is how each is spelled there. */
export function addedTokenSplitter(
  tokens: readonly AddedToken[],
  contentOf: (token: AddedToken) => string = (token) => token.content,
): (text: string) => Section[] {
  const byContent = new Map<string, AddedToken>();
  for (const token of tokens) {
    const content = contentOf(token);
    if (content !== '') byContent.set(content, token);
  }
  const spelled = [...byContent.keys()].sort((a, b) => b.length - a.length);
  if (spelled.length === 0) return (text) => [{ start: 0, end: text.length, token: null }];
  const any = new RegExp(
    spelled.map((content) => content.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
    'g',
  );

  return (text) => {
    const sections: Section[] = [];
    let plain = 0;
    for (const match of text.matchAll(any)) {
      const token = byContent.get(match[0]) as AddedToken;
      let start = match.index;
      let end = start + match[0].length;
      if (token.singleWord && (/\w$/.test(before(text, start)) || /^\w/.test(text.slice(end, end + 1))))
        continue;
      if (start < plain) continue;
      if (token.leftStrip) start = plain + text.slice(plain, start).trimEnd().length;
      if (token.rightStrip) end = text.length - text.slice(end).trimStart().length;
      if (start > plain) sections.push({ start: plain, end: start, token: null });
      sections.push({ start, end, token });
      plain = end;
    }
    if (plain < text.length) sections.push({ start: plain, end: text.length, token: null });
    return sections;
  };
}

function before(text: string, at: number): string {
  return at > 0 ? text.slice(at - 1, at) : '';
}
