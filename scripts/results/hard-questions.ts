/**
 * @file Questions that need more than one look: SHAPES on questions never asked before, and Sort-of-CLEVR, whose
 * relational questions compare objects. Both are made afresh by the kit; SHAPES also as published, as far as it is there.
 */
import { RELATIONS_PARTS, relationsText } from './hard-questions-relations';
import { SHAPES_PARTS, shapesText } from './hard-questions-shapes';
import type { Study } from './study';

export const hardQuestionsStudy: Study = {
  name: 'hard-questions',
  title: 'Hard questions',
  question:
    'Does the kit answer questions that compose what they ask, of a kind never asked in training, and questions that compare objects, which pooled features are known to fail at?',
  seeds: 1,
  parts: [...SHAPES_PARTS, ...RELATIONS_PARTS],
  async body(parts) {
    const texts = await Promise.all([shapesText(parts), relationsText(parts)]);
    return texts.filter((text) => text !== null).join('\n\n');
  },
};
