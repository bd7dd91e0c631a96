/**
 * @file Which texts meet which scenes in one split. Every answer of an open text is asked for equally often, then
 * scenes are made to order: a scene takes one demand and as many others as it can satisfy at once, up to three or
 * four. So the best text-only guess is right in 1 of k records of a text with k answers, by counting and not by
 * luck; `textOnlyCeiling` counts it again from the records.
 */
import { Generator } from '../../random';
import type { SceneFacts } from './attributes';
import { type Constraint, completeScene, isPossible, meet, type Pairs } from './constraints';
import {
  type Answer,
  type Frame,
  fillFrame,
  type Question,
  type SceneTask,
  type SceneText,
} from './scene-text';

export type Part = 'train' | 'validation' | 'test';

/** A picture to draw: a scene, or null for one that shows none. */
export type PlannedScene = SceneFacts | null;

export interface PlannedRecord {
  text: SceneText;
  label: string;
  /** Index of the scene. */
  scene: number;
  imageRelevant: boolean;
}

export interface SplitPlan {
  scenes: PlannedScene[];
  records: PlannedRecord[];
  /** The open texts, for the next split to ask again. */
  texts: SceneText[];
}

export interface SplitRequest {
  task: SceneTask;
  part: Part;
  records: number;
  seed: number;
  /** Open texts of the training split; validation and test ask some of them again. */
  known: readonly SceneText[];
}

/** Share of the records that need the picture. */
const OPEN_SHARE = 0.75;
/** About so many records of one open text, over all its answers. */
const RECORDS_PER_TEXT = 8;
/** Share of the open texts that are also asked once of a picture that shows no scene. */
const ASKED_IN_VAIN = 0.4;
/** A picture that shows no scene serves about so many records. */
const RECORDS_PER_OFF_TOPIC = 3;
/** Share of the test scenes whose large object has a pair of kind and colour that training never shows. */
const HELD_OUT_PAIRS = 0.3;
/** How often a wrong answer is put into the scene as a distractor, where that is possible. */
const DISTRACTED = 0.6;
/** How many waiting demands a scene looks through before it is drawn with fewer questions. */
const LOOKED_THROUGH = 500;

/** Plan one split with exactly `records` records. */
export function planSplit(request: SplitRequest): SplitPlan {
  const generator = new Generator(request.seed, 'scene world', request.part);
  const open = openTexts(request, generator);
  const plan = placeOpen(request, open, generator);
  placeTheRest(request, open, plan, generator);
  return { ...plan, records: generator.shuffle(plan.records), texts: open.map(({ text }) => text) };
}

interface OpenText {
  text: SceneText;
  /** How often each answer is asked for. */
  rounds: number;
  /** How often the answer is that the picture shows no scene. */
  inVain: number;
}

function openTexts({ task, part, records, known }: SplitRequest, generator: Generator): OpenText[] {
  const deck = new Deck(task.open, generator);
  const taken = new Set<string>();
  const out: OpenText[] = [];
  let left = Math.round(records * OPEN_SHARE);
  for (let misses = 0; left > 1 && misses < 50; ) {
    const text = drawText(task, deck.draw(), part, out.length, known, generator);
    const many = text.answers.length;
    const rounds = Math.min(Math.max(2, Math.round(RECORDS_PER_TEXT / many)), Math.floor(left / many));
    if (rounds < 1 || taken.has(text.text)) {
      misses++;
      continue;
    }
    taken.add(text.text);
    left -= rounds * many;
    const canBeVain = task.unknown !== null && left > 0 && rounds > 1;
    const inVain = canBeVain && generator.uniform() < ASKED_IN_VAIN ? 1 : 0;
    left -= inVain;
    out.push({ text, rounds, inVain });
  }
  return out;
}

/** Training: a new text. Validation: new and known ones by turns. Test: new, known, and of unseen frames by turns. */
function drawText(
  task: SceneTask,
  question: Question,
  part: Part,
  turn: number,
  known: readonly SceneText[],
  generator: Generator,
): SceneText {
  const kinds = { train: ['new'], validation: ['new', 'known'], test: ['new', 'known', 'unseen'] }[part];
  const kind = kinds[turn % kinds.length];
  if (kind === 'known') {
    const same = known.filter((text) => text.frame.question === question.name);
    if (same.length > 0) return generator.choice(same);
  }
  return newText(task, question, kind === 'unseen', part, generator);
}

function newText(
  task: SceneTask,
  question: Question,
  unseen: boolean,
  part: Part,
  generator: Generator,
): SceneText {
  const all = task.frames.filter((frame) => frame.question === question.name);
  const unseenFrames = all.filter((frame) => frame.heldOut);
  const frames = unseen && unseenFrames.length > 0 ? unseenFrames : all.filter((frame) => !frame.heldOut);
  const write = task.write ?? fillFrame;
  return write(generator.choice(frames) as Frame, question.fill(generator, part === 'test'), generator);
}

interface Demand {
  text: SceneText;
  answer: Answer;
}

function placeOpen(
  { task, part }: SplitRequest,
  open: readonly OpenText[],
  generator: Generator,
): Omit<SplitPlan, 'texts'> {
  let waiting = generator.shuffle(
    open.flatMap(({ text, rounds }) =>
      Array.from({ length: rounds }, () => text.answers.map((answer) => ({ text, answer }))).flat(),
    ),
  );
  const scenes: PlannedScene[] = [];
  const records: PlannedRecord[] = [];
  while (waiting.length > 0) {
    const pairs: Pairs = part === 'test' && generator.uniform() < HELD_OUT_PAIRS ? 'held-out' : 'seen';
    const most = task.recordsPerScene ?? generator.integer(2) + 3;
    const { taken, constraint, pairs: used } = gather(waiting, pairs, part, most);
    const held = new Set<Demand>(taken);
    waiting = waiting.filter((demand) => !held.has(demand));
    const facts = completeScene(withDistractors(constraint, taken, used, generator), used, generator);
    if (!facts) throw new Error(`no scene answers ${taken.map(({ text }) => text.text).join(' / ')}`);
    for (const { text, answer } of taken) {
      records.push({ text, label: answer.label, scene: scenes.length, imageRelevant: true });
    }
    scenes.push(facts);
  }
  return { scenes, records };
}

/** The first waiting demand and those after it that one scene can satisfy together, at most one a text. */
function gather(
  waiting: readonly Demand[],
  wanted: Pairs,
  part: Part,
  most: number,
): { taken: Demand[]; constraint: Constraint; pairs: Pairs } {
  const first = waiting[0] as Demand;
  // A test text may ask for a pair that is held out; then the scene must be allowed to have it.
  const pairs = part === 'test' && !isPossible(first.answer.constraint, wanted) ? 'held-out' : wanted;
  const taken = [first];
  let constraint = first.answer.constraint;
  for (const demand of waiting.slice(1, LOOKED_THROUGH)) {
    if (taken.length === most) break;
    if (taken.some(({ text }) => text === demand.text)) continue;
    const both = meet(constraint, demand.answer.constraint);
    if (!both || !isPossible(both, pairs)) continue;
    taken.push(demand);
    constraint = both;
  }
  return { taken, constraint, pairs };
}

function withDistractors(
  constraint: Constraint,
  taken: readonly Demand[],
  pairs: Pairs,
  generator: Generator,
): Constraint {
  let out = constraint;
  for (const { answer } of taken) {
    if (!answer.prefer || generator.uniform() >= DISTRACTED) continue;
    const harder = meet(out, answer.prefer);
    if (harder && isPossible(harder, pairs)) out = harder;
  }
  return out;
}

/** Closed texts fill the split, half beside a scene and half beside a picture of none; open ones asked in vain join these. */
function placeTheRest(
  request: SplitRequest,
  open: readonly OpenText[],
  plan: Omit<SplitPlan, 'texts'>,
  generator: Generator,
): void {
  const { task, part, records } = request;
  const onScenes = plan.scenes.length;
  const offTopic: Omit<PlannedRecord, 'scene'>[] = open.flatMap(({ text, inVain }) =>
    Array.from({ length: inVain }, () => ({ text, label: task.unknown ?? '', imageRelevant: false })),
  );
  const deck = new Deck(task.closed, generator);
  const closed = records - plan.records.length - offTopic.length;
  for (let i = 0; i < closed; i++) {
    const unseen = part === 'test' && i % 3 === 0;
    const text = newText(task, deck.draw(), unseen, part, generator);
    const record = { text, label: (text.answers[0] as Answer).label, imageRelevant: false };
    if (i % 2 === 0 && onScenes > 0) plan.records.push({ ...record, scene: generator.integer(onScenes) });
    else offTopic.push(record);
  }
  const pictures = Math.ceil(offTopic.length / RECORDS_PER_OFF_TOPIC);
  generator.shuffle(offTopic).forEach((record, i) => {
    plan.records.push({ ...record, scene: onScenes + (i % pictures) });
  });
  for (let i = 0; i < pictures; i++) plan.scenes.push(null);
}

/** Draws questions in proportion to their weights, without long runs of luck: a shuffled deck, dealt to its end. */
class Deck {
  private cards: Question[] = [];

  constructor(
    private readonly questions: readonly Question[],
    private readonly generator: Generator,
  ) {}

  draw(): Question {
    if (this.cards.length === 0) {
      const deck = this.questions.flatMap((question) =>
        Array.from({ length: question.weight }, () => question),
      );
      this.cards = this.generator.shuffle(deck);
    }
    return this.cards.pop() as Question;
  }
}
