/**
 * @file Generated data in NLVR's likeness, to train on before NLVR itself: sentences with their meaning, and for each
 * four scenes, two of which make it true. So the sentence alone is right in half of them. Split by sentence. It holds
 * none of NLVR's sentences or pictures, though a short sentence may come out the same as one that a person wrote: leave
 * such out of the training with `avoid` where NLVR is the test.
 */
import { Generator } from '../../random';
import { sentenceKey } from '../formats/nlvr';
import type { ClassificationRecord } from '../records';
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
  /** Records in all three parts together, at least 120: four scenes a sentence. */
  records: number;
  seed: number;
  /** Sentences to do without, whatever their case and final stop. */
  avoid?: readonly string[];
  /** Called after each picture. */
  onProgress?: (done: number, total: number) => void;
}

const SCENES_PER_SENTENCE = 4;
/** Scenes that are tried for one that makes the sentence true, or false. */
const TRIES = 300;
/** Share of the sentences that are about towers: as in NLVR, two in three. */
const TOWERS = 2 / 3;

/** The records and pictures of all parts. */
export function planNlvrLike({
  records,
  seed,
  avoid = [],
}: NlvrLikeOptions): Map<GeneratedPart, GeneratedRecords> {
  requireWhole('records', records, 30 * SCENES_PER_SENTENCE);
  requireWhole('seed', seed, 0);
  const avoided = new Set(avoid.map(sentenceKey));
  const partOf = new Map<string, GeneratedPart>();
  const parts = new Map<GeneratedPart, GeneratedRecords>();
  // The small parts choose first; training takes no sentence of theirs, though it may ask its own again.
  for (const [part, count] of threeParts(records).reverse()) {
    const made: GeneratedRecords = { records: [], pictures: new Map() };
    for (let number = 0; made.records.length < count; number++) {
      const generator = new Generator(seed, 'NLVR-like', part, number);
      const sentence = drawSentence(generator.uniform() < TOWERS ? 'tower' : 'scatter', generator);
      const key = sentenceKey(sentence.text);
      if (avoided.has(key) || (partOf.get(key) ?? part) !== part) continue;
      const scenes = scenesFor(
        sentence,
        Math.min(SCENES_PER_SENTENCE, count - made.records.length),
        generator,
      );
      if (!scenes) continue;
      partOf.set(key, part);
      addSentence(made, part, number, sentence, scenes);
    }
    parts.set(part, made);
  }
  return new Map([...parts].reverse());
}

/** Scenes that make it true and false by turns; null where such a scene is hardly found. */
function scenesFor(sentence: NlvrSentence, many: number, generator: Generator): NlvrScene[] | null {
  const draw = sentence.of === 'tower' ? drawTowers : drawScatter;
  const scenes: NlvrScene[] = [];
  for (let i = 0; i < many; i++) {
    let found: NlvrScene | null = null;
    for (let tries = 0; tries < TRIES && !found; tries++) {
      const scene = draw(generator);
      if (sentence.meaning(scene) === (i % 2 === 0)) found = scene;
    }
    if (!found) return null;
    scenes.push(found);
  }
  return scenes;
}

function addSentence(
  made: GeneratedRecords,
  part: GeneratedPart,
  number: number,
  sentence: NlvrSentence,
  scenes: readonly NlvrScene[],
): void {
  const pictures = made.pictures as Map<string, () => Drawing>;
  scenes.forEach((scene, i) => {
    const image = `images/${part}-${number}-${i}.png`;
    pictures.set(image, () => drawNlvr(scene));
    made.records.push({
      id: `${part}-${number}-${i}`,
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
  const { records, seed, avoid = [] } = options;
  const about = { generator: 'sightline nlvr-like', version: 1, records, seed, avoided: avoid.length };
  return writeGenerated(out, parts, about, options.onProgress);
}
