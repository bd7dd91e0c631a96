/**
 * @file One split of captions: scenes at random, each described three times in different frames. Training and
 * validation use neither the frames nor the pairs of kind and colour that are held out; a third of the test captions
 * are of held-out frames and a third of the test scenes have a held-out pair.
 *
 * Two captions of one frame, each untrue of the other's scene, are the choices of both: whoever sees no picture chooses
 * rightly in one of the two, whatever captions are likelier than others (as the pairs of Winoground, Thrush et al. 2022).
 */
import { Generator } from '../../../random';
import type { SceneFacts } from '../attributes';
import { completeScene, type Pairs, satisfies } from '../constraints';
import type { PlannedRecord, PlannedScene, SplitPlan, SplitRequest } from '../plan';
import type { Answer, Frame } from '../scene-text';
import { captionFrames, describe, fits } from './task';

/** Captions of one scene. */
const CAPTIONS_PER_SCENE = 3;
/** Share of the test scenes whose large object has a pair that training never shows, and of captions in new frames. */
const HELD_OUT = 1 / 3;

/** Plan one split with exactly `records` captions. */
export function planCaptions({ part, records, seed }: SplitRequest): SplitPlan {
  const generator = new Generator(seed, 'scene world captions', part);
  const scenes: PlannedScene[] = [];
  const planned: PlannedRecord[] = [];
  while (planned.length < records) {
    const pairs: Pairs = part === 'test' && generator.uniform() < HELD_OUT ? 'held-out' : 'seen';
    const scene = completeScene({}, pairs, generator);
    if (!scene) throw new Error('an unconstrained scene is always possible');
    const frames = generator.shuffle(captionFrames.filter((frame) => fits(frame, scene)));
    const seen = frames.filter((frame) => !frame.heldOut);
    const unseen = part === 'test' ? frames.filter((frame) => frame.heldOut) : [];
    for (let i = 0; i < CAPTIONS_PER_SCENE && planned.length < records; i++) {
      const frame = (generator.uniform() < HELD_OUT ? unseen.pop() : undefined) ?? (seen.pop() as Frame);
      const text = describe(scene, frame, generator);
      const label = text.answers[0]?.label as string;
      planned.push({ text, label, scene: scenes.length, imageRelevant: true });
    }
    scenes.push(scene);
  }
  return { scenes, records: generator.shuffle(paired(planned, scenes)), texts: [] };
}

/** Each caption with another as the wrong choice; those that are left over have none. */
function paired(planned: readonly PlannedRecord[], scenes: readonly PlannedScene[]): PlannedRecord[] {
  const waiting = new Map<string, PlannedRecord[]>();
  const untrue = (of: PlannedRecord, scene: number): boolean =>
    !satisfies(scenes[scene] as SceneFacts, (of.text.answers[0] as Answer).constraint);
  const choices = new Map<PlannedRecord, Answer[]>();
  for (const record of planned) {
    const { frame, answers } = record.text;
    const alone = waiting.get(frame.id) ?? [];
    waiting.set(frame.id, alone);
    const at = alone.findIndex((other) => untrue(record, other.scene) && untrue(other, record.scene));
    if (at < 0) {
      alone.push(record);
      continue;
    }
    const [other] = alone.splice(at, 1) as [PlannedRecord];
    const both = [...other.text.answers, ...answers];
    for (const one of [other, record]) choices.set(one, both);
  }
  return planned.map((record) => ({
    ...record,
    text: { ...record.text, answers: choices.get(record) ?? record.text.answers },
  }));
}
