/** @file The kinds of generation that the scene world makes records for; the first is the default. */
import type { SceneTask } from '../scene-text';
import { augmentationScenes } from './augmentation';
import { codeScenes } from './code';
import { commonsenseScenes } from './commonsense';
import { controllableScenes } from './controllable';
import { generationTask } from './generation-text';

export const GENERATION_KINDS = ['controllable', 'commonsense', 'code', 'augmentation'] as const;
export type GenerationKind = (typeof GENERATION_KINDS)[number];

export const generationScenes: Readonly<Record<GenerationKind, SceneTask>> = {
  controllable: generationTask('controllable', controllableScenes),
  commonsense: generationTask('commonsense', commonsenseScenes),
  code: generationTask('code', codeScenes),
  augmentation: generationTask('augmentation', augmentationScenes),
};
