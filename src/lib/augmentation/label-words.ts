/**
 * @file Which changes of a picture could make a record's text or answer untrue, told by its words: a mirrored picture
 * where it names a side, changed colours where it names one, a crop where it counts or speaks of edges. English, German
 * and Chinese. What a record does not say in words (an answer `yes` that stands for a side) is not seen here: then the
 * change has to be left off.
 */
import type { AnyRecord } from '../data';

/** Pairs that a mirror exchanges. German forms are those of `link-` and `recht-`. */
export const MIRRORED_WORDS: readonly (readonly [string, string])[] = [
  ['left', 'right'],
  ['leftmost', 'rightmost'],
  ['lefthand', 'righthand'],
  ['leftwards', 'rightwards'],
  ['east', 'west'],
  ['eastern', 'western'],
  ['clockwise', 'anticlockwise'],
  ['links', 'rechts'],
  ...['e', 'er', 'es', 'en', 'em'].map((ending) => [`link${ending}`, `recht${ending}`] as const),
  ['左', '右'],
  ['东', '西'],
];

const list = (words: string): readonly string[] => words.trim().split(/\s+/);

const WORDS = {
  sides: MIRRORED_WORDS.flat(),
  /** What reads otherwise in a mirror and has no word for it. */
  script: list(
    'letter letters digit digits reads spells spelled written writing sign clock watch time o’clock counterclockwise ' +
      'buchstabe buchstaben ziffer ziffern schrift uhr 字 钟',
  ),
  colours: list(
    'red orange yellow green blue purple violet pink black white grey gray brown teal cyan magenta gold golden silver ' +
      'beige maroon turquoise day evening night colour colours color colors coloured colored dark bright ' +
      'rot rote roter rotes roten gelb gelbe gelber gelbes gelben grün grüne grüner grünes grünen blau blaue blauer ' +
      'blaues blauen lila rosa schwarz schwarze schwarzer schwarzes schwarzen weiß weiße weißer weißes weißen grau ' +
      'graue braun braune farbe farben 红 黄 绿 蓝 紫 粉 黑 白 灰 棕 橙 色',
  ),
  counts: list(
    'many number count counts several exactly only all every each both none no least most more fewer one two three four ' +
      'five six seven eight nine ten ein zwei drei vier fünf sechs sieben acht neun zehn viele wie anzahl alle jede ' +
      'genau 几 多少 个 只 一 二 两 三 四 五 六 七 八 九 十 全 都',
  ),
  edges: list('edge edges corner corners wall border boundary touching touches rand ecke ecken 边 角'),
  turns: list(
    'tilted tilt rotated rotation turned upright upside diagonal horizontal vertical angle gedreht schräg senkrecht ' +
      'waagerecht 斜 竖 横',
  ),
} as const;

export type WordKind = keyof typeof WORDS;

const LISTS = new Map(
  Object.entries(WORDS).map(([kind, words]) => {
    const isCharacters = (word: string) => /\p{Script=Han}/u.test(word);
    return [
      kind as WordKind,
      { words: new Set(words.filter((word) => !isCharacters(word))), characters: words.filter(isCharacters) },
    ];
  }),
);

/** Fields that say nothing of what a picture shows. */
const ADMINISTRATIVE = new Set(['id', 'image', 'group', 'split']);

function* strings(value: unknown): Generator<string, void, undefined> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) yield* strings(part);
}

/** Every text of a record, its answer too. */
export function recordTexts(record: AnyRecord): string[] {
  return Object.entries(record).flatMap(([name, value]) =>
    ADMINISTRATIVE.has(name) ? [] : [...strings(value)],
  );
}

/** The words of a text in lower case; a hyphen parts them. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}’']+/gu) ?? [];
}

/** Which kinds of words a record has. */
export function wordKinds(record: AnyRecord): ReadonlySet<WordKind> {
  const texts = recordTexts(record);
  const words = new Set(texts.flatMap(wordsOf));
  const all = texts.join(' ');
  const found = new Set<WordKind>();
  for (const [kind, { words: listed, characters }] of LISTS) {
    const isNumber = kind === 'counts' && /\d/.test(all);
    if (
      isNumber ||
      characters.some((one) => all.includes(one)) ||
      [...words].some((word) => listed.has(word))
    )
      found.add(kind);
  }
  return found;
}

/** Whether a word is one of a list. */
export function isWordOf(kind: WordKind, word: string): boolean {
  return LISTS.get(kind)?.words.has(word.toLowerCase()) ?? false;
}
