/** @file What a run needs, once everything has been read and found sound. */
import type { Objective } from '../tasks';
import type { GuidedModel } from '../tasks/guided-model';
import type { BatchSource } from '../tasks/source';
import type { Tokenizer } from '../text';
import type { PictureStatistics } from '../vision';
import type { TrainConfig } from './config';

export interface Prepared {
  config: TrainConfig;
  task: Objective;
  tokenizer: Tokenizer;
  model: GuidedModel;
  train: BatchSource;
  validation: BatchSource;
  test: BatchSource | null;
  statistics: PictureStatistics | null;
  /** Whether it also learns from texts without a picture: the text-only branch that guidance contrasts with. */
  knowsNoPicture: boolean;
  dataHashes: Record<string, string>;
  /** Frees the model, and files that only this run needs. */
  dispose(): void;
}

export interface PrepareOptions {
  /** Relative paths of the config start here: the config file's folder. */
  folder: string;
  /** Called with what is being done, and how far it has come. */
  onProgress?: (activity: string, done: number, total: number | null) => void;
}
