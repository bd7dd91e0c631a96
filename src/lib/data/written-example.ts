/**
 * @file Labelled examples as a model writes them: the text, then `Answer:` and the label. As data augmentation a writer that has
 * learned this form makes training records for a classifier (Ye et al. 2022, "ZeroGen", §3).
 */

const MARK = ' Answer: ';

export interface LabelledText {
  text: string;
  label: string;
}

/** `Is the robot pink or orange? Answer: pink.` */
export const exampleText = ({ text, label }: LabelledText): string => `${text}${MARK}${label}.`;

/** The other way round; `null` where it is no such text, or has the mark twice. */
export function parseExampleText(written: string): LabelledText | null {
  const [text = '', label = '', ...more] = written.trim().split(MARK);
  const bare = label.replace(/\.$/, '').trim();
  return text === '' || bare === '' || more.length > 0 ? null : { text, label: bare };
}
