/**
 * @file Questions that need more than one look: SHAPES on questions never asked before, and Sort-of-CLEVR, whose
 * relational questions compare objects. Both are made afresh by the kit; SHAPES also as published, as far as it is there.
 */
import { RELATIONS, relationsText } from './hard-questions-relations';
import { SHAPES_PARTS, shapesText } from './hard-questions-shapes';
import type { Study } from './study';

export const hardQuestionsStudy: Study = {
  name: 'hard-questions',
  title: 'Hard questions',
  question:
    'Does the kit answer questions that compose what they ask, of a kind never asked in training, and questions that compare objects, which pooled features are known to fail at?',
  seeds: 1,
  parts: [...SHAPES_PARTS, RELATIONS],
  body: (parts) => [shapesText(parts), relationsText(parts)].filter(Boolean).join('\n\n'),
};
