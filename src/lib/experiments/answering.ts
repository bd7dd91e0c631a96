/**
 * @file The two models of the notebooks on the vision-guided decoder: one that answers from the question alone, and one
 * that goes on from its weights and learns to look (Flamingo's order: Alayrac et al. 2022). With tanh gates that start at
 * 0 the second begins as the first, to the bit.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { byProfile } from '../places';
import { type TrainConfigInput, train } from '../training';
import type { RecordFiles } from './scene-questions';
import type { WritingPlan } from './watched-writing';

export interface AnsweringPlans {
  textOnly: WritingPlan;
  guided: WritingPlan;
}

/** What is trained and where, by the profile (`SIGHTLINE_PROFILE`). */
export function answeringPlans(files: RecordFiles, out: string): AnsweringPlans {
  const runs = { textOnly: join(out, 'text-only'), guided: join(out, 'guided') };
  // A wide start: the deviation that suits a network of width 768 leaves one of 64 half asleep.
  const small = { modelType: 'gpt2', nEmbd: 64, nLayer: 2, nHead: 4, nPositions: 96, initializerRange: 0.12 };
  const calm = { residPdrop: 0, embdPdrop: 0, attnPdrop: 0 };
  const shared = { batchSize: 32, learningRate: 3e-3, patience: null };
  const textOnly: TrainConfigInput = {
    task: 'qa',
    data: { ...files },
    model: { text: { ...small, ...calm }, fusion: 'none', tokenizer: { vocabularySize: 1024 } },
    training: {
      ...shared,
      ...byProfile({ fast: { maxSteps: 300, evaluationSteps: 60 }, full: { epochs: 6 } }),
    },
  };
  const guided: TrainConfigInput = {
    task: 'qa',
    data: { ...files },
    model: { text: runs.textOnly, vision: 'cnn-small', fusion: 'gated-cross-attention', gate: true },
    training: {
      ...shared,
      // More than the default 0.1: guidance contrasts with the model without a picture, which must know its part.
      pictureDropout: 0.2,
      ...byProfile({ fast: { maxSteps: 600, evaluationSteps: 60 }, full: { epochs: 15 } }),
    },
  };
  return {
    textOnly: { name: 'text-only', role: 'text-only', config: textOnly, out: runs.textOnly },
    guided: {
      name: 'vision-guided',
      role: 'vision-guided',
      config: guided,
      out: runs.guided,
      watch: {
        attention: 'fusion.blocks.0.attention_gate',
        'feed-forward': 'fusion.blocks.0.feed_forward_gate',
      },
    },
  };
}

/** Both run folders: those that are there, trained by an earlier notebook, else trained now. `say` hears what is done. */
export async function trainedAnswerers(
  plans: AnsweringPlans,
  say: (sentence: string) => void = () => {},
): Promise<{ textOnly: string; guided: string }> {
  const folders = { textOnly: plans.textOnly.out, guided: plans.guided.out };
  if (Object.values(folders).every((folder) => existsSync(join(folder, 'result.json')))) {
    say('both models are there already: using their run folders');
    return folders;
  }
  for (const { name, config, out } of [plans.textOnly, plans.guided]) {
    await rm(out, { recursive: true, force: true });
    say(`training the ${name} model`);
    await train(config, out);
  }
  return folders;
}
