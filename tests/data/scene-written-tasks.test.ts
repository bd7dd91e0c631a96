import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  blindChoice,
  type DialogueRecord,
  drawProgram,
  type GenerationKind,
  type GenerationRecord,
  generateScenes,
  parseProgram,
  planScenes,
  programFacts,
  readRecords,
  type Task,
  taskCeiling,
} from '../../src/lib/data';
import { isHeldOut, type SceneFacts } from '../../src/lib/data/scene/attributes';
import { satisfies } from '../../src/lib/data/scene/constraints';
import { drawScene } from '../../src/lib/data/scene/draw';
import { toRecord } from '../../src/lib/data/scene/generate';
import { writeProgram } from '../../src/lib/data/scene/generation/program';
import type { PlannedRecord, SplitPlan } from '../../src/lib/data/scene/plan';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const PARTS = ['train', 'validation', 'test'] as const;
type Part = (typeof PARTS)[number];

const TASKS: [Task, GenerationKind | ''][] = [
  ['summarization', ''],
  ['dialogue', ''],
  ['generation', 'controllable'],
  ['generation', 'commonsense'],
  ['generation', 'code'],
  ['generation', 'augmentation'],
];
const optionsOf = ([task, kind]: (typeof TASKS)[number]) => ({ task, ...(kind ? { kind } : {}) });
const words = (text: string) => text.split(/\s+/).length;
const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

describe.each(TASKS)('%s %s in the scene world', (...task) => {
  const plans = planScenes({ ...optionsOf(task), records: 2500, seed: 1 });
  const plan = (part: Part) => plans.get(part) as SplitPlan;
  const rows = (part: Part) =>
    plan(part).records.map((record, row) => toRecord(task[0], record, plan(part), part, row));

  it('is rich: 400 word types, 30 sentence frames, targets of 8 words or more', () => {
    const { records } = plan('train');
    const all = records.flatMap(
      ({ text, label }) => `${text.text} ${label}`.toLowerCase().match(/\p{L}+/gu) ?? [],
    );
    expect(new Set(all).size).toBeGreaterThanOrEqual(400);
    expect(new Set(records.map(({ text }) => text.frame.pattern)).size).toBeGreaterThanOrEqual(30);
    expect(mean(records.map(({ label }) => words(label)))).toBeGreaterThanOrEqual(8);
  });

  it.each(PARTS)(
    '%s: a text-only ceiling of 50 to 65 percent, one in two to four where the picture decides',
    (part) => {
      const records = rows(part);
      const ceiling = taskCeiling(task[0], records);
      expect(ceiling?.accuracy).toBeGreaterThan(0.5);
      expect(ceiling?.accuracy).toBeLessThan(0.65);
      expect(ceiling?.ambiguous.accuracy).toBeGreaterThan(0.25);
      expect(ceiling?.ambiguous.accuracy).toBeLessThan(0.5);
      expect(ceiling?.ambiguous.recordsPerText).toBeGreaterThan(7);
      // Choosing blindly among the choices gets no further: every answer of a text is right equally often.
      expect(blindChoice(records)).toBeCloseTo(ceiling?.accuracy as number, 12);
    },
  );

  it.each(PARTS)(
    '%s: the picture makes the target right, and no other choice, where it is relevant',
    (part) => {
      for (const { text, label, scene, imageRelevant } of plan(part).records) {
        expect(imageRelevant).toBe(text.answers.length > 1);
        const facts = plan(part).scenes[scene];
        if (!imageRelevant) expect([label]).toEqual(text.answers.map((answer) => answer.label));
        else {
          const right = text.answers.filter(({ constraint }) => satisfies(facts as SceneFacts, constraint));
          expect(right.map((answer) => answer.label)).toEqual([label]);
        }
      }
    },
  );

  it('holds frames and combinations out of training and validation, and tests them', () => {
    for (const part of ['train', 'validation'] as const) {
      expect(plan(part).records.some(({ text }) => text.frame.heldOut)).toBe(false);
      for (const scene of plan(part).scenes)
        if (scene) expect(isHeldOut(scene.mainKind, scene.mainColour)).toBe(false);
    }
    const { records, scenes } = plan('test');
    const unseen = ({ scene }: PlannedRecord) => {
      const facts = scenes[scene];
      return facts ? isHeldOut(facts.mainKind, facts.mainColour) : false;
    };
    expect(records.filter(({ text }) => text.frame.heldOut).length / records.length).toBeGreaterThan(0.1);
    expect(records.filter(unseen).length / records.length).toBeGreaterThan(0.03);
  });

  it('fills every slot, and plans for every seed and size', () => {
    const whole = (text: string) => {
      expect(text).toMatch(/^[\p{Lu}“p][^{}]*$/u);
      expect(text).not.toMatch(/undefined|NaN| {2}|\ban? an? |\ba [aeiou]| [,.?]|since (in|on) /);
    };
    for (let seed = 2; seed < 6; seed++) {
      const all = [...planScenes({ ...optionsOf(task), records: 40 + 97 * seed, seed }).values()];
      expect(all.reduce((sum, part) => sum + part.records.length, 0)).toBe(40 + 97 * seed);
      for (const { records } of all) {
        for (const { text } of records)
          for (const { label } of text.answers) [text.text, label].forEach(whole);
      }
    }
  });
});

describe('what the records say', () => {
  it('a talk ends with the visitor and is replied to by the guide', () => {
    const plan = planScenes({ task: 'dialogue', records: 400, seed: 1 }).get('train') as SplitPlan;
    const records = plan.records.map((record, row) =>
      toRecord('dialogue', record, plan, 'train', row),
    ) as DialogueRecord[];
    for (const { turns } of records) {
      expect(turns.length % 2).toBe(1);
      expect(turns.map(({ speaker }) => speaker)).toEqual(
        turns.map((_, turn) => (turn % 2 === 0 ? 'Visitor' : 'Guide')),
      );
    }
    expect(new Set(records.map(({ turns }) => turns.length))).toEqual(new Set([3, 5]));
  });

  it('a controlled sentence holds all the words that are asked for', () => {
    const plan = planScenes({ task: 'generation', records: 2000, seed: 3 }).get('train') as SplitPlan;
    for (const [row, record] of plan.records.entries()) {
      const { constraints, target, prompt } = toRecord(
        'generation',
        record,
        plan,
        'train',
        row,
      ) as GenerationRecord;
      const wanted = (constraints as { words: string[] }).words;
      expect(wanted.length).toBeGreaterThanOrEqual(3);
      for (const word of wanted) {
        expect(target).toContain(word);
        expect(prompt).toContain(`“${word}”`);
      }
    }
  });

  it('what follows from a picture is not named in the prompt, unless it is told', () => {
    const plan = planScenes({ task: 'generation', kind: 'commonsense', records: 2000, seed: 3 }).get(
      'train',
    ) as SplitPlan;
    const named =
      /\b(rain|rainy|cloudy|snow|beach|desert|forest|meadow|night|evening|house|tent|car|rocket|robot|cat|tree)\b/;
    const open = plan.records.filter(({ imageRelevant }) => imageRelevant);
    expect(open.filter(({ text }) => named.test(text.text)).map(({ text }) => text.text)).toEqual([]);
  });
});

describe('programs', () => {
  it('a program that is the target draws exactly the facts of its picture', () => {
    const plans = planScenes({ task: 'generation', kind: 'code', records: 2000, seed: 5 });
    let checked = 0;
    for (const { records, scenes } of plans.values()) {
      for (const { label, scene, imageRelevant } of records) {
        if (!imageRelevant) continue;
        const [drawn, facts] = [programFacts(label), scenes[scene] as SceneFacts];
        // What is not there has neither colour nor side nor kind.
        const silent = {
          ...(facts.companionKind === 'none' ? { companionColour: 'red', side: 'left' } : {}),
          ...(facts.flyerCount === 'none' ? { flyerKind: 'birds' } : {}),
        };
        expect({ ...drawn, ...silent }).toEqual({ ...facts, ...silent });
        expect(writeProgram(parseProgram(label))).toBe(label);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(1400);
  });

  it('are drawn as the scene world draws; what is not said is plain, black and alone', () => {
    const program = 'draw cat red\n\n  place snow  \nfly kites';
    const facts: SceneFacts = {
      mainKind: 'cat',
      mainColour: 'red',
      mainPattern: 'plain',
      companionKind: 'none',
      companionColour: 'black',
      side: 'left',
      flyerKind: 'kites',
      flyerCount: 'one',
      place: 'snow',
      time: 'day',
      weather: 'clear',
    };
    expect(programFacts(program)).toEqual(facts);
    expect(drawProgram(program, 'seed')).toBe(drawScene(facts, 'seed'));
    expect(drawProgram(program, 'seed')).not.toBe(
      drawProgram('draw cat blue\nplace snow\nfly kites', 'seed'),
    );
  });

  it.each([
    ['', /program: is empty; write a line such as draw house red/],
    [
      'place snow\ncircle red 12 40 8',
      /line 2: "circle red 12 40 8": begin it with place, time, weather, draw, beside, fly/,
    ],
    ['draw red', /line 1: "draw red": "red" cannot stand there; use house, tent, /],
    ['draw', /line 1: "draw": a word must follow: house, /],
    ['draw cat red blue', /"blue" cannot stand there; use plain, striped, dotted, checked/],
    ['time day night', /"night" cannot stand there; use nothing more/],
    ['draw cat\ndraw house', /line 2: "draw house": draw stands in an earlier line already; write one/],
  ])('refuses %j', (program, message) => {
    expect(() => parseProgram(program)).toThrow(message);
  });
});

it.each(TASKS)('%s %s records are written and read again, the same each time', async (...task) => {
  const [a, b] = ['a', 'b'].map((name) => join(folder.path, `${task.join('-')}-${name}`)) as [string, string];
  for (const out of [a, b]) await generateScenes(out, { ...optionsOf(task), records: 40, seed: 2, size: 32 });
  const { records } = await readRecords(join(a, 'test.jsonl'), task[0]);
  expect(records).toHaveLength(4);
  for (const name of ['train.jsonl', 'scenes.jsonl', 'images/train-0.png'])
    expect(readFileSync(join(a, name))).toEqual(readFileSync(join(b, name)));
  const about = JSON.parse(readFileSync(join(a, 'about.json'), 'utf8'));
  expect([about.task, about.kind ?? '']).toEqual([task[0], task[1]]);
  if (task[1])
    expect(records.map((record) => (record as { kind?: unknown }).kind)).toEqual(Array(4).fill(task[1]));
});

it('refuses a kind that there is not, and one of another task', () => {
  const options = { records: 100, seed: 1 };
  expect(() => planScenes({ ...options, task: 'generation', kind: 'poetry' as never })).toThrow(
    'kind is "poetry"; use one of controllable, commonsense, code',
  );
  expect(() => planScenes({ ...options, task: 'qa', kind: 'code' })).toThrow(
    'kind is "code", and qa has none; leave it out',
  );
});
