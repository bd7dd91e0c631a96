/** @file The studies, in the order in which a reader wants them. A new one is a file here and a line below. */

import { fineTuningStudy } from './fine-tuning';
import { hardQuestionsStudy } from './hard-questions';
import { missionStudy } from './mission';
import { picturesStudy } from './pictures';
import { realDataStudy } from './real-data';
import type { Study } from './study';
import { tasksStudy } from './tasks';

export const STUDIES: readonly Study[] = [
  missionStudy,
  tasksStudy,
  fineTuningStudy,
  realDataStudy,
  picturesStudy,
  hardQuestionsStudy,
];
