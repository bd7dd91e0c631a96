/**
 * @file The things that a sentence can be about. An English word with several senses has a translation for each; a
 * sense whose translations agree (German Maus) is no ambiguity in that language.
 */
import { type BasicKind, KINDS, SENSES, type Sense } from '../attributes';
import type { Gender, Noun } from './german';

/** `gender German, measure word, Chinese`, and the accusative where it differs. */
function noun(german: string, chinese: string): Noun {
  const [gender, word, accusative] = german.split(' ') as [Gender, string, string?];
  const [measure, hanzi] = chinese.split(' ') as [string, string];
  return { german: word, gender, chinese: hanzi, measure, ...(accusative ? { accusative } : {}) };
}

export const KIND_NOUNS: Record<BasicKind, Noun> = {
  house: noun('n Haus', '座 房子'),
  tent: noun('n Zelt', '顶 帐篷'),
  car: noun('n Auto', '辆 汽车'),
  umbrella: noun('m Regenschirm', '把 雨伞'),
  balloon: noun('m Heißluftballon', '个 热气球'),
  rocket: noun('f Rakete', '枚 火箭'),
  robot: noun('m Roboter', '个 机器人'),
  mushroom: noun('m Pilz', '朵 蘑菇'),
  flower: noun('f Blume', '朵 花'),
  windmill: noun('f Windmühle', '座 风车'),
  tree: noun('m Baum', '棵 树'),
  cat: noun('f Katze', '只 猫'),
};

export const SENSE_NOUNS: Record<Sense, Noun> = {
  'bat-animal': noun('f Fledermaus', '只 蝙蝠'),
  'bat-club': noun('m Schläger', '根 球棒'),
  'crane-machine': noun('m Kran', '台 起重机'),
  'crane-bird': noun('m Kranich', '只 鹤'),
  'letter-post': noun('m Brief', '封 信'),
  'letter-character': noun('m Buchstabe Buchstaben', '个 字母'),
  'bow-weapon': noun('m Bogen', '张 弓'),
  'bow-ribbon': noun('f Schleife', '个 蝴蝶结'),
  'fan-electric': noun('m Ventilator', '台 电风扇'),
  'fan-hand': noun('m Fächer', '把 扇子'),
  'mouse-animal': noun('f Maus', '只 老鼠'),
  'mouse-computer': noun('f Maus', '个 鼠标'),
  'key-door': noun('m Schlüssel', '把 钥匙'),
  'key-keyboard': noun('f Taste', '个 按键'),
  'palm-tree': noun('f Palme', '棵 棕榈树'),
  'palm-hand': noun('f Handfläche', '只 手掌'),
  'nut-food': noun('f Nuss', '颗 坚果'),
  'nut-metal': noun('f Schraubenmutter', '个 螺母'),
  'sheep-one': noun('n Schaf', '只 羊'),
  'sheep-many': noun('p Schafe', '些 羊'),
  'fish-one': noun('m Fisch', '条 鱼'),
  'fish-many': noun('p Fische', '些 鱼'),
};

/** Kinds by the gender of their German name: what `it` becomes. */
export const KINDS_BY_GENDER = {
  m: KINDS.filter((kind) => KIND_NOUNS[kind].gender === 'm'),
  f: KINDS.filter((kind) => KIND_NOUNS[kind].gender === 'f'),
  n: KINDS.filter((kind) => KIND_NOUNS[kind].gender === 'n'),
} as const;

/** English words with their senses: bat → bat-animal, bat-club. */
export const SENSES_OF: ReadonlyMap<string, readonly Sense[]> = new Map(
  [...new Set(SENSES.map((sense) => sense.split('-')[0] as string))].map((word) => [
    word,
    SENSES.filter((sense) => sense.startsWith(`${word}-`)),
  ]),
);

/** Words whose number English leaves open; the others have two meanings. */
export const NUMBERLESS: readonly string[] = ['sheep', 'fish'];
export const HOMOGRAPHS: readonly string[] = [...SENSES_OF.keys()].filter(
  (word) => !NUMBERLESS.includes(word),
);

/** The noun of an answer's key: a kind, a sense, or a gender that stands for a pronoun. */
export function nounOf(key: string): Noun {
  const known = (KIND_NOUNS as Record<string, Noun>)[key] ?? (SENSE_NOUNS as Record<string, Noun>)[key];
  if (known) return known;
  return { german: '', gender: key as Gender, chinese: '', measure: '' };
}
