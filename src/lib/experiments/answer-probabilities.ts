/**
 * @file What a model makes of given answers: log p(answer | picture, prompt), the sum over the answer's tokens and its
 * end, for plain and for guided models alike; and from two of them the answer's pointwise mutual information with the
 * picture,
 *
 *     s(picture, y) = log p(y | picture, prompt) − log p(y | prompt)
 *
 * which makes every model that can do without a picture a scorer of its own answers (for reranking and MAGIC).
 */
import {
  type ContextRow,
  type ImageTextScorer,
  type LanguageModel,
  logSoftmax,
  type NetworkLogits,
  type NextTokenLogits,
} from '../decoding';
import { textFormat } from '../tasks';

/**
 * Log-probabilities of `answers` after the prompt `source` of `model`, a guided model's after renormalization. −∞ where
 * a rule excludes one.
 */
export async function answerLogProbabilities(
  model: NextTokenLogits,
  prompt: readonly number[],
  answers: readonly (readonly number[])[],
  source = 0,
): Promise<number[]> {
  const sums = answers.map(() => 0);
  let rows = answers.map((_, answer): ContextRow & { answer: number } => ({
    ids: prompt,
    source,
    parent: null,
    answer,
  }));
  for (let place = 0; rows.length > 0; place++) {
    const logits = await model.next(rows);
    for (const [i, { answer }] of rows.entries()) {
      const id = answers[answer]?.[place] as number;
      sums[answer] = (sums[answer] as number) + (logSoftmax(logits[i] as Float32Array)[id] as number);
    }
    rows = rows.flatMap(({ ids, answer }, parent) => {
      const all = answers[answer] as readonly number[];
      return place + 1 < all.length ? [{ ids: [...ids, all[place] as number], source, parent, answer }] : [];
    });
  }
  return sums;
}

/** Ids of answers as the model was trained to write them, their end included. */
export function answerIds(
  { tokenizer }: Pick<LanguageModel, 'tokenizer'>,
  answers: readonly string[],
): number[][] {
  const { target } = textFormat(tokenizer);
  return answers.map(target);
}

/** The model as a scorer of answers to `prompt` about `picture`. `base` stays its caller's. */
export function mutualInformation(
  model: LanguageModel,
  base: NetworkLogits,
  { picture, prompt }: { picture: Float32Array; prompt: string },
): ImageTextScorer {
  const { prompt: idsOf } = textFormat(model.tokenizer);
  return {
    async score(texts) {
      const answers = answerIds(model, texts);
      const under = async (shown: Float32Array | null) => {
        const logits = base.withPictures([shown]);
        try {
          return await answerLogProbabilities(logits, idsOf(prompt), answers);
        } finally {
          logits.dispose();
        }
      };
      const [withPicture, without] = [await under(picture), await under(null)];
      return withPicture.map((value, i) => value - (without[i] as number));
    },
  };
}
