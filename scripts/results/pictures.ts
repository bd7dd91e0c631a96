/**
 * @file Real pictures: what looking is worth on data that people made or published, each claim beside its controls. Sizes
 * are small enough that the whole study takes well under an hour of one core.
 */
import { FUSIONS, fusionsText } from './pictures-fusions';
import type { FinishedPart, Study } from './study';

export const picturesStudy: Study = {
  name: 'pictures',
  title: 'Real pictures',
  question:
    'On pictures that this kit has not drawn: which forms of fusion use them, and does what they gain go where the picture is absent, blank, noise or another one?',
  seeds: 1,
  parts: [FUSIONS],
  body: (parts) => {
    const found = (name: string): FinishedPart | undefined => parts.find(({ part }) => part.name === name);
    const fusions = found(FUSIONS.name);
    return [fusions && fusionsText(fusions)].filter((text) => text !== undefined).join('\n\n');
  },
};
