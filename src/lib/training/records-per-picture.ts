/**
 * @file `training.recordsPerPicture`: batches of few pictures with several records each. The vision network then runs once
 * a picture, not once a record. The price is that the records of a batch are no longer independent: its gradient is noisier
 * than that of as many records with a picture each. Counts for nothing where the model looks at no pictures.
 */
import { changesPictures } from '../augmentation';
import type { BatchPlan } from '../data';
import { InputError } from '../errors';
import type { Prepared } from './prepared';

/** How many records in a row share a picture; 1 where nothing is shared. */
export function recordsPerPicture({ config, train }: Pick<Prepared, 'config' | 'train'>): number {
  return train.pictureIds ? (config.training.recordsPerPicture ?? 1) : 1;
}

/** How the records are put in order. Throws an `InputError` where the config's switches do not go together. */
export function batchesByPicture(prepared: Pick<Prepared, 'config' | 'train'>): BatchPlan['byPicture'] {
  const size = recordsPerPicture(prepared);
  if (size === 1) return null;
  const { training, data } = prepared.config;
  const refuse = (why: string) => new InputError(`training.recordsPerPicture: ${why}`);
  if (training.batchSize % size !== 0) {
    const nearest = size * Math.max(1, Math.round(training.batchSize / size));
    throw refuse(`training.batchSize ${training.batchSize} is no multiple of ${size}; set it to ${nearest}`);
  }
  if (data.augmentation && changesPictures(data.augmentation.pictures)) {
    throw refuse(
      'data.augmentation.pictures changes the picture for each record by itself, and so it cannot be shared; leave one of the two out',
    );
  }
  if (training.adversarial?.on === 'pixels') {
    throw refuse(
      'training.adversarial perturbs the picture of each record by itself, and so it cannot be shared; use "on": "embeddings", or leave one of the two out',
    );
  }
  return { size, pictures: prepared.train.pictureIds as Int32Array };
}
