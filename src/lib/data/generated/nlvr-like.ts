/**
 * @file Generated data in NLVR's likeness, to train on before NLVR itself: sentences with their meaning, and for each
 * four scenes, two of which make it true. So the sentence alone is right in half of them. Split by sentence. The scenes are
 * its own, or out of a stock of pictures of which each is then asked about many times. Or short questions about the things
 * in one box in place of sentences, split by picture, for a vision network to learn from before. It holds none of NLVR's
 * sentences or pictures, though a short sentence may come out the same as one that a person wrote: leave such out of the
 * training with `avoid` where NLVR is the test.
 */
import { InputError } from '../../errors';
import { Generator } from '../../random';
import { sentenceKey } from '../formats/nlvr';
import type { ClassificationRecord } from '../records';
import { drawQuestions, MOST_QUESTIONS } from './nlvr-questions';
import { drawNlvr, drawScatter, drawTowers, type NlvrScene, toStructuredRep } from './nlvr-scene';
import { drawSentence, type NlvrSentence } from './nlvr-sentences';
import {
  type Drawing,
  type GeneratedPart,
  type GeneratedRecords,
  type GeneratedReport,
  requireWhole,
  threeParts,
  writeGenerated,
} from './write';

export interface NlvrLikeOptions {
  /** Records in all three parts together, at least 120: four scenes a sentence, or twenty questions a picture. */
  records: number;
  seed: number;
  /** Pictures in all three parts together, at least 120; `null`: one for each record, or for twenty questions. */
  pictures?: number | null;
  /** Short questions about the things in one box in place of sentences. */
  terse?: boolean;
  /** Sentences to do without, whatever their case and final stop. */
  avoid?: readonly string[];
  /** Called after each picture. */
  onProgress?: (done: number, total: number) => void;
}

const SCENES_PER_SENTENCE = 4;
const QUESTIONS_A_PICTURE = 20;
/** Two towers and a scatter in the smallest part. */
const LEAST_SHOWN = 30;
/** Scenes that are tried for one that makes the sentence true, or false. */
const TRIES = 300;
const LEAST = 30 * SCENES_PER_SENTENCE;
/** Share of all sentences that each of the two small parts has. */
const SMALL_SHARE = 0.1;
/** Share of the sentences that are about towers: as in NLVR, two in three. */
const TOWERS = 2 / 3;

/** The records and pictures of all parts. Throws an `InputError` where an option is wrong, or says nothing beside another. */
export function planNlvrLike(options: NlvrLikeOptions): Map<GeneratedPart, GeneratedRecords> {
  const { records, seed, pictures = null, terse = false, avoid = [] } = options;
  requireWhole('records', records, LEAST);
  requireWhole('seed', seed, 0);
  if (pictures !== null) requireWhole('pictures', pictures, LEAST);
  if (!terse) return planSentences(options);
  if (avoid.length > 0)
    throw new InputError('avoid is about sentences, and terse asks short questions; leave one out');
  const shown = pictures ?? Math.max(LEAST_SHOWN, Math.ceil(records / QUESTIONS_A_PICTURE));
  if (shown > records || records > MOST_QUESTIONS * shown) {
    throw new InputError(
      `${records} questions about ${shown} pictures; a picture is asked 1 to ${MOST_QUESTIONS}: choose ${Math.ceil(records / MOST_QUESTIONS)} to ${records} pictures`,
    );
  }
  return planQuestions(records, shown, seed);
}

/** Questions about a stock of pictures, of each as many as of the others, or one more. */
function planQuestions(
  records: number,
  pictures: number,
  seed: number,
): Map<GeneratedPart, GeneratedRecords> {
  const parts = new Map<GeneratedPart, GeneratedRecords>();
  /** Questions of the first `shown` pictures of all. */
  const before = (shown: number): number => Math.floor((records * shown) / pictures);
  let shown = 0;
  for (const [part, count] of threeParts(pictures)) {
    const drawings = new Map<string, () => Drawing>();
    const made: ClassificationRecord[] = [];
    const stock = stockOf(part, count, seed);
    for (const of of ['tower', 'scatter'] as const) {
      for (const { scene, image = '' } of stock[of]) {
        const many = before(++shown) - before(shown - 1);
        const asked = drawQuestions(of, scene, many, new Generator(seed, 'NLVR-like questions', image));
        drawings.set(image, () => drawNlvr(scene));
        for (const [number, { kind, text, answer }] of asked.entries()) {
          made.push({
            id: `${image.replace(/^images\/|\.png$/g, '')}-${number}`,
            text,
            label: answer,
            image,
            group: image,
            split: part,
            imageRelevant: true,
            kind,
          } as ClassificationRecord);
        }
      }
    }
    parts.set(part, { records: made, pictures: drawings });
  }
  return parts;
}

function planSentences({
  records,
  seed,
  pictures = null,
  avoid = [],
}: NlvrLikeOptions): Map<GeneratedPart, GeneratedRecords> {
  const stocks = pictures === null ? null : new Map(threeParts(pictures));
  const avoided = new Set(avoid.map(sentenceKey));
  const parts = new Map<GeneratedPart, GeneratedRecords>();
  // A sentence belongs to one part whatever the others ask, so that each part has every frame in the same share.
  const partOf = (key: string): GeneratedPart => {
    const place = new Generator(seed, 'NLVR-like part', key).uniform();
    return place < SMALL_SHARE ? 'test' : place < 2 * SMALL_SHARE ? 'validation' : 'train';
  };
  for (const [part, count] of threeParts(records)) {
    const made: GeneratedRecords = { records: [], pictures: new Map() };
    const stock = stocks && stockOf(part, stocks.get(part) as number, seed);
    for (let number = 0; made.records.length < count; number++) {
      const generator = new Generator(seed, 'NLVR-like', part, number);
      const sentence = drawSentence(generator.uniform() < TOWERS ? 'tower' : 'scatter', generator);
      const key = sentenceKey(sentence.text);
      if (avoided.has(key) || partOf(key) !== part) continue;
      const many = Math.min(SCENES_PER_SENTENCE, count - made.records.length);
      const scenes = scenesFor(sentence, many, generator, stock?.[sentence.of]);
      if (!scenes) continue;
      addSentence(made, `${part}-${number}`, part, sentence, scenes);
    }
    parts.set(part, made);
  }
  return parts;
}

/** A scene and, where it is out of a stock, the name of its picture. */
interface NamedScene {
  scene: NlvrScene;
  image?: string;
}

/** So many scenes, by what sentences are about them. */
function stockOf(part: GeneratedPart, count: number, seed: number): Record<NlvrSentence['of'], NamedScene[]> {
  const towers = Math.round(TOWERS * count);
  const named = (kind: NlvrSentence['of'], many: number, draw: (generator: Generator) => NlvrScene) =>
    Array.from({ length: many }, (_, i) => ({
      scene: draw(new Generator(seed, 'NLVR-like stock', part, kind, i)),
      image: `images/${part}-${kind}-${i}.png`,
    }));
  return {
    tower: named('tower', towers, drawTowers),
    scatter: named('scatter', count - towers, drawScatter),
  };
}

/** Scenes that make it true and false by turns, none twice; null where such a scene is hardly found. */
function scenesFor(
  sentence: NlvrSentence,
  many: number,
  generator: Generator,
  stock: readonly NamedScene[] | undefined,
): NamedScene[] | null {
  const draw = sentence.of === 'tower' ? drawTowers : drawScatter;
  const scenes: NamedScene[] = [];
  for (let i = 0; i < many; i++) {
    let found: NamedScene | null = null;
    for (let tries = 0; tries < TRIES && !found; tries++) {
      const one = stock ? generator.choice(stock) : { scene: draw(generator) };
      if (!scenes.includes(one) && sentence.meaning(one.scene) === (i % 2 === 0)) found = one;
    }
    if (!found) return null;
    scenes.push(found);
  }
  return scenes;
}

function addSentence(
  made: GeneratedRecords,
  name: string,
  part: GeneratedPart,
  sentence: NlvrSentence,
  scenes: readonly NamedScene[],
): void {
  const pictures = made.pictures as Map<string, () => Drawing>;
  scenes.forEach(({ scene, image: ofStock }, i) => {
    const image = ofStock ?? `images/${name}-${i}.png`;
    pictures.set(image, () => drawNlvr(scene));
    made.records.push({
      id: `${name}-${i}`,
      text: `${sentence.text}.`,
      label: String(sentence.meaning(scene)),
      image,
      group: sentenceKey(sentence.text),
      split: part,
      imageRelevant: true,
      frame: sentence.frame,
      structured_rep: toStructuredRep(scene),
    } as ClassificationRecord);
  });
}

/** Make the set in the folder `out`. Throws an `InputError` where an option is wrong or `out` is not empty. */
export async function generateNlvrLike(out: string, options: NlvrLikeOptions): Promise<GeneratedReport> {
  const parts = planNlvrLike(options);
  const { records, seed, pictures = null, avoid = [], terse = false } = options;
  const about = {
    generator: 'sightline nlvr-like',
    version: 2,
    records,
    seed,
    ...(pictures === null ? {} : { pictures }),
    ...(terse ? { terse } : {}),
    avoided: avoid.length,
  };
  return writeGenerated(out, parts, about, options.onProgress);
}
