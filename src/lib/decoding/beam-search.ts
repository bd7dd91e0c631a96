/**
 * @file Beam search: the B likeliest beginnings are kept, each step extends all of them, and whole texts are ranked by
 * their log-probability over a power α of their length (the stop id counts):
 *
 *     score(y) = log p(y) / |y|^α;   α = 0: log-probability;   α > 0 favours long texts, α < 0 short ones
 *
 * Of each step's candidates the best (1 + stop ids)·B, at least 2B, are looked at, so that B can go on whatever ends;
 * of those that end only the ones among the best B are taken. Groups (diverse beam search): the beams are split into
 * groups that choose in turn, and a group's candidates lose λ for each beam of the groups before that has just chosen
 * the same token; the loss stays in the score.
 *
 * Source: transformers 5, `GenerationMixin._beam_search`, for the order of things and for stopping; Vijayakumar et al.
 * 2016 (arXiv 1610.02424) and transformers 4.51, `_group_beam_search`, for groups. Rules see log-probabilities, as
 * there, and what they leave is not normalized again. Left out: sampling in beams; streaming, as beams change.
 */
import { type BeamSettings, type BeamWritten, extendGroup, type Group } from './beam-group';
import type { NextTokenLogits } from './next-token-logits';
import { expect, expectWhole } from './rules/arguments';
import { prepareWriting, type WritingOptions } from './writing';

export type { BeamWritten } from './beam-group';

export interface BeamSearchOptions extends WritingOptions {
  /** B ≥ 1; 1 is greedy. */
  beams: number;
  /** α; 1 by default, as in Hugging Face. */
  lengthPenalty?: number;
  /**
   * When a search ends. `true`: with the first B whole texts. `false` (default): when no beam, at its present length,
   * scores above the worst of B whole texts. `'never'`: when none could at the most favourable length.
   */
  earlyStopping?: boolean | 'never';
  /** Groups of B / groups beams; 1 by default. */
  groups?: number;
  /** λ ≥ 0, with groups; 0 lets every group find the same. */
  diversityPenalty?: number;
  /** Texts to return a prompt, the best first; 1 by default, at most B. */
  returned?: number;
}

/** The best texts after each prompt (ids). Throws `RangeError` and `InputError` for wrong options and contradictory rules. */
export async function beamSearch(
  model: NextTokenLogits,
  prompts: readonly (readonly number[])[],
  options: BeamSearchOptions,
): Promise<BeamWritten[][]> {
  const writing = prepareWriting(model, prompts, options);
  const settings = checkBeams(options);
  const searches = prompts.map((prompt) => {
    const ending = writing.endOf(prompt, []);
    return Array.from(
      { length: settings.groups },
      (): Group => ({
        running: [{ ids: [], sum: 0, parent: null }],
        finished: ending ? [{ ids: [], ending, logProbability: 0, score: 0 }] : [],
        isDone: ending !== null,
      }),
    );
  });
  while (searches.some((groups) => groups.some(({ isDone }) => !isDone))) {
    writing.throwIfAborted();
    const rows = searches.flatMap((groups, source) =>
      groups
        .filter(({ isDone }) => !isDone)
        .flatMap(({ running }) => running)
        .map(({ ids, parent }) => ({ ids: [...(prompts[source] as number[]), ...ids], source, parent })),
    );
    const logits = await model.next(rows);
    let row = 0;
    for (const [source, groups] of searches.entries()) {
      const chosen = new Map<number, number>(); // token → beams of the groups before that took it
      for (const group of groups) {
        if (group.isDone) continue;
        const ours = logits.slice(row, row + group.running.length);
        const call = { logits: ours, first: row, prompt: prompts[source] as number[], chosen };
        const tokens = extendGroup(group, call, writing, settings);
        row += ours.length;
        for (const token of tokens) chosen.set(token, (chosen.get(token) ?? 0) + 1);
      }
    }
  }
  return searches.map((groups) =>
    groups
      .flatMap(({ finished }) => finished)
      .sort((a, b) => b.score - a.score)
      .slice(0, settings.returned),
  );
}

function checkBeams(options: BeamSearchOptions): BeamSettings {
  const {
    beams,
    lengthPenalty = 1,
    earlyStopping = false,
    groups = 1,
    diversityPenalty = 0,
    returned = 1,
  } = options;
  expectWhole('beams', beams, 1);
  expectWhole('groups', groups, 1);
  expect(beams % groups === 0, 'groups', groups, `a divisor of the ${beams} beams`);
  expect(
    diversityPenalty >= 0 && diversityPenalty < Infinity,
    'diversityPenalty',
    diversityPenalty,
    'a number ≥ 0',
  );
  expect(groups > 1 || diversityPenalty === 0, 'diversityPenalty', diversityPenalty, '0 without groups');
  expect(Number.isFinite(lengthPenalty), 'lengthPenalty', lengthPenalty, 'a finite number');
  expect(
    earlyStopping === 'never' || typeof earlyStopping === 'boolean',
    'earlyStopping',
    earlyStopping,
    "true, false or 'never'",
  );
  expectWhole('returned', returned, 1);
  expect(returned <= beams, 'returned', returned, `at most the number of beams, ${beams}`);
  return { beams: beams / groups, lengthPenalty, earlyStopping, groups, diversityPenalty, returned };
}
