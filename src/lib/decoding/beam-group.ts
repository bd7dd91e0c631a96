/**
 * @file One group of beams of one prompt: how it is extended by a token, which texts are whole, and when the group can
 * find no better ones. `beam-search.ts` has the formulas and sources.
 */
import { InputError } from '../errors';
import { largest, logSoftmax } from './rules';
import type { Ending, Writing, Written } from './writing';

export interface BeamSettings {
  /** A group. */
  beams: number;
  lengthPenalty: number;
  earlyStopping: boolean | 'never';
  groups: number;
  diversityPenalty: number;
  returned: number;
}

export interface BeamWritten extends Written {
  /** log p(y) / |y|^α, with what diversity has cost. */
  score: number;
}

interface Beam {
  ids: number[];
  sum: number;
  /** Row of the last call that it goes on from. */
  parent: number | null;
}

interface Candidate extends Beam {
  token: number;
  ending: Ending | null;
}

export interface Group {
  running: Beam[];
  /** The best first. */
  finished: BeamWritten[];
  isDone: boolean;
}

/** What the model said about a group's beams. */
export interface Call {
  logits: readonly Float32Array[];
  /** Row of the group's first beam. */
  first: number;
  prompt: readonly number[];
  /** How many beams of the groups before took a token in this step. */
  chosen: ReadonlyMap<number, number>;
}

/** Extends a group's beams by one token, in place. Returns the tokens that its beams took, stop ids aside. */
export function extendGroup(group: Group, call: Call, writing: Writing, settings: BeamSettings): number[] {
  const candidates = candidatesOf(group, call, writing, settings);
  const { beams, lengthPenalty, earlyStopping } = settings;
  const goOn = candidates.filter(({ ending }) => ending === null).slice(0, beams);
  for (const { ids, sum, ending } of candidates.slice(0, beams).filter((one) => one.ending !== null)) {
    const length = ids.length + (ending === 'stop-id' ? 1 : 0);
    group.finished.push({
      ids,
      ending: ending as Ending,
      logProbability: sum,
      score: sum / length ** lengthPenalty,
    });
  }
  group.finished.sort((a, b) => b.score - a.score).splice(beams);
  group.running = goOn;
  const isFull = group.finished.length === beams;
  if (goOn.length === 0 || (isFull && earlyStopping === true)) group.isDone = true;
  else if (isFull) {
    // What the best beam would score if it ended without another loss: at this length, or at the one that favours it.
    const { ids, sum } = goOn[0] as Beam;
    const length = earlyStopping === 'never' && lengthPenalty > 0 ? writing.maximumTokens : ids.length;
    group.isDone = sum / length ** lengthPenalty <= (group.finished[beams - 1] as BeamWritten).score;
  }
  const taken = candidates.filter(({ ending }) => ending !== 'stop-id').slice(0, beams);
  return taken.map(({ token }) => token);
}

/** The best candidates of a group, the best first: at least twice as many as beams, where there are as many. */
function candidatesOf(
  group: Group,
  { logits, first, prompt, chosen }: Call,
  { stopIds, rules, endOf, contextOf }: Writing,
  { beams, diversityPenalty }: BeamSettings,
): Candidate[] {
  const looked = Math.max(2, 1 + stopIds.length) * beams;
  let reason = '';
  const found = group.running.flatMap((beam, i) => {
    const context = contextOf(prompt, beam.ids);
    const logProbabilities = logSoftmax(checked(logits[i] as Float32Array));
    for (const [token, count] of chosen) {
      logProbabilities[token] = (logProbabilities[token] as number) - diversityPenalty * count;
    }
    const { logits: scores, emptied } = rules.attempt(logProbabilities, context);
    if (emptied !== null) {
      reason = emptied;
      return [];
    }
    return largest(scores, looked).map((token) => ({
      token,
      beam,
      row: first + i,
      sum: beam.sum + (scores[token] as number),
    }));
  });
  if (found.length === 0 && group.finished.length === 0) throw new InputError(reason);
  const best = found.sort((a, b) => b.sum - a.sum || a.row - b.row || a.token - b.token).slice(0, looked);
  return best.map(({ token, beam, row, sum }) => {
    if (stopIds.includes(token)) return { token, ids: beam.ids, sum, parent: row, ending: 'stop-id' };
    const ids = [...beam.ids, token];
    return { token, ids, sum, parent: row, ending: endOf(prompt, ids) };
  });
}

/** log softmax would hide where a NaN came from. */
function checked(logits: Float32Array): Float32Array {
  const wrong = logits.findIndex((value) => !(value < Number.POSITIVE_INFINITY));
  if (wrong >= 0) {
    throw new RangeError(
      `the logit of token ${wrong} is ${logits[wrong]} after the network: its weights or its input hold numbers that are not finite`,
    );
  }
  return logits;
}
