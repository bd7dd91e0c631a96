/**
 * @file Real pictures: what looking is worth on data that people made or published, each claim beside its controls. Sizes
 * are small enough that the whole study takes well under an hour of one core.
 */
import { UNSEEN_EMOJI, unseenEmojiText } from './pictures-emoji';
import { FUSIONS, fusionsText } from './pictures-fusions';
import { MOBILENET_PARTS, mobilenetText } from './pictures-mobilenet';
import { NLVR_PARTS, nlvrText } from './pictures-nlvr';
import type { FinishedPart, Study, StudyPart } from './study';

export const picturesStudy: Study = {
  name: 'pictures',
  title: 'Real pictures',
  question:
    'On pictures that this kit has not drawn: which forms of fusion use them, and does what they gain go where the picture is absent, blank, noise or another one?',
  seeds: 3,
  parts: [FUSIONS, ...NLVR_PARTS, ...MOBILENET_PARTS, UNSEEN_EMOJI],
  body: picturesBody,
};

async function picturesBody(parts: readonly FinishedPart[]): Promise<string> {
  const found = (part: StudyPart) => parts.find((one) => one.part === part);
  const [fusions, emoji] = [found(FUSIONS), found(UNSEEN_EMOJI)];
  const sections = [
    fusions ? fusionsText(fusions) : '',
    await nlvrText(parts),
    await mobilenetText(parts),
    emoji ? await unseenEmojiText(emoji) : '',
  ];
  return sections.filter(Boolean).join('\n\n');
}
