/** @file The public data sets that the kit reads, by task. */
import { cocoCaptions } from './coco-captions';
import { conll } from './conll';
import { easyVqa } from './easy-vqa';
import { emoji } from './emoji';
import type { Format } from './format';
import { hatefulMemes } from './hateful-memes';
import { imagefolder } from './imagefolder';
import { mnre } from './mnre';
import { multi30k } from './multi30k';
import { nlvr } from './nlvr';
import { scitldr } from './scitldr';
import { semeval2010 } from './semeval2010';
import { shapes } from './shapes';
import { snips } from './snips';
import { squad } from './squad';
import { twitter2015, twitter2017 } from './twitter';
import { vqa2 } from './vqa2';
import { xquad } from './xquad';

export const FORMATS: readonly Format[] = [
  easyVqa,
  nlvr,
  shapes,
  hatefulMemes,
  snips,
  vqa2,
  xquad,
  squad,
  conll,
  twitter2015,
  twitter2017,
  semeval2010,
  mnre,
  emoji,
  multi30k,
  cocoCaptions,
  scitldr,
  imagefolder,
];
