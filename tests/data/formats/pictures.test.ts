import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkRecords, convert, readRecords } from '../../../src/lib/data';
import { parsePythonLiteral } from '../../../src/lib/data/formats/python-literal';
import { noisePicture } from '../../support/pictures';
import { sharedData } from '../../support/shared-data';
import { jsonLinesOf, temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);
const json = (name: string, value: unknown) => folder.write(name, JSON.stringify(value));

async function jpeg(name: string, seed = 1): Promise<void> {
  folder.write(name, await noisePicture(6, 4, seed).jpeg().toBuffer());
}

/** Nothing of the name is left below the folder. */
const leavesNothing = (name: string) =>
  expect(readdirSync(folder.path).filter((entry) => entry.includes(name))).toEqual([]);

describe('Twitter-2015 and Twitter-2017', () => {
  const tweets = (...ids: string[]) =>
    ids.map((id) => `IMGID:${id}\nRT\tO\nNew\tB-LOC\nOrleans\tI-LOC\n\u00a0\tO\n!\tI-OTHER\n\n`).join('');

  it.each(['twitter2015', 'twitter2017'])(
    '%s: a picture a tweet, entities as seqeval reads them',
    async (name) => {
      for (const [split, id] of Object.entries({ train: '17_06_1', valid: 'O_2', test: '16_05_01_3' })) {
        folder.write(`${name}/data/${name}/${split}.txt`, tweets(id));
        await jpeg(`${name}/${name}_images/${id}.jpg`);
      }
      await convert(name, at(name), at(`${name}-out`));
      const set = await readRecords(at(`${name}-out/validation.jsonl`), 'ner');
      expect(set.records).toEqual([
        {
          id: 'valid-0',
          tokens: ['RT', 'New', 'Orleans', '!'],
          tags: ['O', 'B-LOC', 'I-LOC', 'B-OTHER'],
          image: 'images/O_2.jpg',
          group: 'O_2',
          split: 'valid',
        },
      ]);
      expect((await checkRecords(set)).files).toBe(1);
    },
  );

  it('stops at a tweet without a picture, or a picture that is not there, and says how to do without', async () => {
    folder.write('tweets/train.txt', 'RT\tO\n');
    await expect(convert('twitter2015', at('tweets'), at('tweets-out'))).rejects.toThrow(
      /train\.txt:1: the tweet has no picture before it; a line IMGID:<identifier> must begin it/,
    );
    folder.write('tweets/train.txt', tweets(...'0123456789'));
    await expect(convert('twitter2015', at('tweets'), at('tweets-out'))).rejects.toThrow(
      /twitter2015_images\/\d\.jpg: no such picture, though a record names it; .*--no-pictures/,
    );
    leavesNothing('tweets-out');
    const report = await convert('twitter2015', at('tweets'), at('tweets-text'), { pictures: false });
    expect([report.pictures, report.parts.map(({ records }) => records)]).toEqual([0, [8, 1, 1]]);
    const { records } = await readRecords(at('tweets-text/train.jsonl'), 'ner');
    expect(Object.keys(records[0] as object)).not.toContain('image');
    expect(existsSync(at('tweets-text/images'))).toBe(false);
  });
});

describe('MNRE', () => {
  const line = (id: string, relation: string) =>
    `{'token': ['RT', "Cosby's", 'star', ':', 'a "walk"'], 'h': {'name': "Cosby's", 'pos': [1, 2]}, 't': {'name': 'star :', 'pos': [2, 4]}, 'img_id': '${id}', 'relation': '${relation}'}\n`;

  it('reads the Python dictionaries, also of the file with the space in its name', async () => {
    folder.write('mnre/mnre_txt/mnre_train.txt', line('a.jpg', 'None') + line('a.jpg', '/per/misc/awarded'));
    folder.write('mnre/mnre_txt/mnre_val .txt', line('b.jpg', 'None'));
    folder.write('mnre/mnre_txt/mnre_test.txt', line('c.jpg', '/per/misc/awarded'));
    await jpeg('mnre/img_org/train/a.jpg');
    await jpeg('mnre/img_org/val/b.jpg', 2);
    await jpeg('mnre/img_org/test/c.jpg', 3);
    const report = await convert('mnre', at('mnre'), at('mnre-out'));
    expect(report.parts.map(({ part, records, groups }) => [part, records, groups])).toEqual([
      ['train', 2, 1],
      ['validation', 1, 1],
      ['test', 1, 1],
    ]);
    const set = await readRecords(at('mnre-out/test.jsonl'), 'relation');
    expect(set.records[0]).toEqual({
      id: 'test-0',
      tokens: ['RT', "Cosby's", 'star', ':', 'a "walk"'],
      head: [1, 2],
      tail: [2, 4],
      label: '/per/misc/awarded',
      image: 'images/test/c.jpg',
      group: 'c.jpg',
      split: 'test',
    });
    expect((await checkRecords(set)).files).toBe(1);
  });

  it.each([
    ['no dictionary', "{'token': [", /mnre_train\.txt:2: is no Python dictionary \(it ends too early\)/],
    [
      'a span outside the tokens',
      line('a.jpg', 'None').replace('[2, 4]', '[2, 6]').trim(),
      /mnre_train\.txt:2: .*both entities must end within the tokens/,
    ],
    [
      'an empty span',
      line('a.jpg', 'None').replace('[2, 4]', '[2, 2]').trim(),
      /mnre_train\.txt:2: field "t\.pos" .*start before end/,
    ],
  ])('stops at %s', async (_, second, message) => {
    folder.write('mnre-bad/mnre_train.txt', line('a.jpg', 'None') + second);
    await expect(convert('mnre', at('mnre-bad'), at('mnre-bad-out'))).rejects.toThrow(message);
    leavesNothing('mnre-bad-out');
  });

  it('literals: as Python’s ast.literal_eval reads them', () => {
    const text = String.raw`{'a': [1, -2.5e1, .5, (True, None),], "b'": 'it\'s \x41\u00e9\U0001F355\n\q\101', 'c': {}, 'd': ()}`;
    expect(parsePythonLiteral(text)).toEqual({
      a: [1, -25, 0.5, [true, null]],
      "b'": "it's Aé🍕\n\\qA",
      c: {},
      d: [],
    });
    for (const wrong of ["{'a' 1}", '[1 2]', "'a", "'\\x4'", 'print(1)', '{} {}', "{'a': 1", '1.2.3']) {
      expect(() => parsePythonLiteral(wrong)).toThrow(SyntaxError);
    }
  });
});

describe('Multi30k', () => {
  const write = (split: string, images: string[], sentences: Record<string, string[]>, packed: boolean) => {
    folder.write(`m30k/data/task1/image_splits/${split}.txt`, `${images.join('\n')}\n`);
    for (const [language, lines] of Object.entries(sentences)) {
      const text = `${lines.join('\n')}\n`;
      const name = `m30k/data/task1/raw/${split}.${language}`;
      folder.write(packed ? `${name}.gz` : name, packed ? gzipSync(text) : text);
    }
  };
  const all = {
    en: ['A dog.', 'Two men.'],
    de: ['Ein Hund.', 'Zwei Männer.'],
    fr: ['Un chien.', 'Deux hommes.'],
  };

  it('reads packed and plain files line by line, and another pair of languages', async () => {
    write('train', ['1.jpg', '2.jpg'], all, true);
    write('val', ['3.jpg', '4.jpg'], all, false);
    write('test_2017_mscoco', ['COCO_val2014_000000000005.jpg#17', '6.jpg'], all, true);
    for (const name of ['1', '2', '3', '4', '6', 'COCO_val2014_000000000005'])
      await jpeg(`m30k/flickr30k-images/${name}.jpg`);
    const report = await convert('multi30k', at('m30k'), at('m30k-out'));
    expect(report.parts.map(({ part, from, records }) => [part, from, records])).toEqual([
      ['train', 'train', 2],
      ['validation', 'val', 2],
      ['test', 'test_2017_mscoco', 2],
    ]);
    const set = await readRecords(at('m30k-out/test.jsonl'), 'translation');
    expect(set.records[0]).toEqual({
      id: 'test_2017_mscoco-0',
      source: 'A dog.',
      target: 'Ein Hund.',
      targetLanguage: 'de',
      image: 'images/COCO_val2014_000000000005.jpg',
      group: 'COCO_val2014_000000000005.jpg',
      split: 'test_2017_mscoco',
    });
    expect((await checkRecords(set)).files).toBe(2);
    // The 2016 test set goes before later ones.
    write('test_2016_flickr', ['1.jpg', '2.jpg'], all, false);
    await convert('multi30k', at('m30k'), at('m30k-fr'), { language: 'de-fr', pictures: false });
    const french = await readRecords(at('m30k-fr/test.jsonl'), 'translation');
    expect(french.records[1]).toMatchObject({
      id: 'test_2016_flickr-1',
      source: 'Zwei Männer.',
      target: 'Deux hommes.',
    });
  });

  it('refuses lines that do not match, empty ones, and a pair that is none', async () => {
    const to = at('m30k-bad-out');
    for (const language of ['de', 'en-en', 'en-zh']) {
      await expect(convert('multi30k', at('m30k'), to, { language })).rejects.toThrow(
        /language is ".*"; Multi30k wants two of en, de, fr, cs/,
      );
    }
    write('train', ['1.jpg', '2.jpg'], { en: ['A dog.'] }, true);
    await expect(convert('multi30k', at('m30k'), to)).rejects.toThrow(
      /train\.en\.gz: 1 lines, but .*train\.txt has 2/,
    );
    write('train', ['1.jpg', '2.jpg'], { en: ['A dog.', ' '] }, true);
    await expect(convert('multi30k', at('m30k'), to)).rejects.toThrow(/train\.en\.gz:2: the line is empty/);
    write('train', ['1.jpg', '../2.jpg'], all, true);
    await expect(convert('multi30k', at('m30k'), to)).rejects.toThrow(
      /image_splits\/train\.txt:2: the picture is "\.\.\/2\.jpg"/,
    );
    leavesNothing('m30k-bad-out');
  });
});

describe('COCO captions', () => {
  const captions = (ids: number[]) => ({
    info: {},
    licenses: [],
    images: ids.map((id) => ({ id, file_name: `${String(id).padStart(12, '0')}.jpg`, height: 4, width: 6 })),
    annotations: ids.flatMap((id) => [
      { id: 10 * id, image_id: id, caption: `A dog ${id}.` },
      { id: 10 * id + 1, image_id: id, caption: `An animal ${id}.\n` },
    ]),
  });

  it('a record a caption in training; a record a picture with references in validation', async () => {
    json('coco/annotations/captions_train2017.json', captions([1, 2]));
    json('coco/annotations/captions_val2017.json', captions([3]));
    json('coco/annotations/captions_val2014.json', captions([9]));
    await jpeg('coco/train2017/000000000001.jpg');
    await jpeg('coco/train2017/000000000002.jpg', 2);
    await jpeg('coco/images/val2017/000000000003.jpg', 3);
    const report = await convert('coco-captions', at('coco'), at('coco-out'));
    expect(report.parts.map(({ part, from, records, groups }) => [part, from, records, groups])).toEqual([
      ['train', 'train2017', 4, 2],
      ['validation', 'val2017', 1, 1],
    ]);
    expect(report.pictures).toBe(3);
    const [train, validation] = [
      await readRecords(at('coco-out/train.jsonl'), 'captioning'),
      await readRecords(at('coco-out/validation.jsonl'), 'captioning'),
    ];
    expect(train.records.map(({ id, text }) => [id, text]).slice(0, 2)).toEqual([
      ['train2017-10', 'A dog 1.'],
      ['train2017-11', 'An animal 1.'],
    ]);
    expect(validation.records[0]).toEqual({
      id: 'val2017-3',
      text: 'A dog 3.',
      references: ['A dog 3.', 'An animal 3.'],
      image: 'images/val2017/000000000003.jpg',
      group: '000000000003.jpg',
      split: 'val2017',
    });
    expect((await checkRecords(validation)).files).toBe(1);
  });

  it('refuses captions of no picture and captions without words', async () => {
    const wrong = captions([1]);
    wrong.annotations.push({ id: 5, image_id: 7, caption: 'A cat.' });
    json('coco-bad/captions_train2014.json', wrong);
    await expect(convert('coco-captions', at('coco-bad'), at('x'))).rejects.toThrow(
      /captions_train2014\.json: annotation 5: field "image_id" is 7, and no picture has that id/,
    );
    wrong.annotations.pop();
    wrong.annotations.push({ id: 6, image_id: 1, caption: ' ' });
    json('coco-bad/captions_train2014.json', wrong);
    await expect(convert('coco-captions', at('coco-bad'), at('x'))).rejects.toThrow(
      /annotation 6: field "caption" is " "/,
    );
  });
});

describe('VQA v2', () => {
  const questions = (split: string, count: number) => ({
    data_subtype: split,
    questions: Array.from({ length: count }, (_, i) => ({
      question_id: 100 + i,
      image_id: 7 + (i % 2),
      question: `Is it ${i}?`,
    })),
  });
  const annotations = (count: number) => ({
    annotations: Array.from({ length: count }, (_, i) => ({
      question_id: 100 + i,
      image_id: 7,
      question_type: 'is it',
      answer_type: 'yes/no',
      multiple_choice_answer: 'yes',
      answers: Array.from({ length: 10 }, (_, person) => ({
        answer: person < 8 ? 'yes' : 'no',
        answer_confidence: 'yes',
        answer_id: person + 1,
      })),
    })),
  });

  it('reads the folders of the authors’ tools; the most frequent answer, and all ten', async () => {
    for (const [split, count] of [
      ['train2014', 3],
      ['val2014', 2],
    ] as const) {
      json(`vqa/Questions/v2_OpenEnded_mscoco_${split}_questions.json`, questions(split, count));
      json(`vqa/Annotations/v2_mscoco_${split}_annotations.json`, annotations(count));
      for (const id of [7, 8])
        await jpeg(`vqa/Images/mscoco/${split}/COCO_${split}_00000000000${id}.jpg`, id);
    }
    const report = await convert('vqa2', at('vqa'), at('vqa-out'));
    expect(report.parts.map(({ part, from, records, groups }) => [part, from, records, groups])).toEqual([
      ['train', 'train2014', 3, 2],
      ['validation', 'val2014', 2, 2],
    ]);
    const set = await readRecords(at('vqa-out/validation.jsonl'), 'qa');
    expect(set.records[0]).toEqual({
      id: '100',
      question: 'Is it 0?',
      answer: 'yes',
      answers: [...Array(8).fill('yes'), 'no', 'no'],
      questionType: 'is it',
      answerType: 'yes/no',
      image: 'images/val2014/COCO_val2014_000000000007.jpg',
      group: 'COCO_val2014_000000000007.jpg',
      split: 'val2014',
    });
    expect((await checkRecords(set)).files).toBe(2);
    await convert('vqa2', at('vqa'), at('vqa-classes'), { task: 'classification' });
    const classes = await readRecords(at('vqa-classes/train.jsonl'), 'classification');
    expect(classes.records[2]).toMatchObject({ text: 'Is it 2?', label: 'yes' });
  });

  it('refuses questions without an answer, and without the answer file', async () => {
    json('vqa-bad/v2_OpenEnded_mscoco_train2014_questions.json', questions('train2014', 3));
    await expect(convert('vqa2', at('vqa-bad'), at('x'))).rejects.toThrow(
      /v2_mscoco_train2014_annotations\.json: no such file; put the answers beside/,
    );
    json('vqa-bad/v2_mscoco_train2014_annotations.json', annotations(2));
    await expect(convert('vqa2', at('vqa-bad'), at('x'))).rejects.toThrow(
      /question 102 has no answer in .*annotations\.json/,
    );
  });
});

describe('Hateful Memes', () => {
  const memes = (...ids: number[]) =>
    ids.map((id) => ({ id, img: `img/0${id}.png`, label: id % 2, text: `text ${id}` }));
  const picture = async (name: string, seed: number) =>
    folder.write(name, await noisePicture(4, 4, seed).png().toBuffer());

  it('names the labels, prefers the seen files, and passes over a test file without labels', async () => {
    folder.write('memes/train.jsonl', jsonLinesOf(memes(1, 2)));
    folder.write('memes/dev_seen.jsonl', jsonLinesOf(memes(3)));
    folder.write('memes/dev_unseen.jsonl', jsonLinesOf(memes(9)));
    folder.write('memes/test_seen.jsonl', jsonLinesOf(memes(4).map(({ label: _label, ...rest }) => rest)));
    for (const id of [1, 2, 3, 4]) await picture(`memes/img/0${id}.png`, id);
    const report = await convert('hateful-memes', at('memes'), at('memes-out'));
    expect(report.parts.map(({ part, records }) => [part, records])).toEqual([
      ['train', 2],
      ['validation', 1],
    ]);
    const set = await readRecords(at('memes-out/train.jsonl'), 'classification');
    expect(set.records).toEqual([
      { id: '1', text: 'text 1', label: 'hateful', image: 'images/01.png', group: '01.png', split: 'train' },
      {
        id: '2',
        text: 'text 2',
        label: 'not-hateful',
        image: 'images/02.png',
        group: '02.png',
        split: 'train',
      },
    ]);
    expect((await checkRecords(set)).files).toBe(2);
    expect(readFileSync(at('memes-out/images/02.png'))).toEqual(readFileSync(at('memes/img/02.png')));
    folder.write('memes/test_seen.jsonl', jsonLinesOf(memes(4)));
    expect(
      (await convert('hateful-memes', at('memes'), at('memes-test'))).parts.map(({ part }) => part),
    ).toEqual(['train', 'validation', 'test']);
  });

  it('refuses some lines without a label, and labels of another kind', async () => {
    const [first, second] = memes(1, 2) as [object, object];
    folder.write('memes-bad/train.jsonl', jsonLinesOf([first, { ...second, label: undefined }]));
    await expect(convert('hateful-memes', at('memes-bad'), at('x'))).rejects.toThrow(
      /train\.jsonl:2: field "label" is missing, though other lines have it/,
    );
    folder.write('memes-bad/train.jsonl', jsonLinesOf([first, { ...second, label: 2 }]));
    await expect(convert('hateful-memes', at('memes-bad'), at('x'))).rejects.toThrow(
      /train\.jsonl:2: field "label"/,
    );
  });
});

describe('easy-VQA as a dialogue', () => {
  it('cuts the questions about a picture into talks of about three', async () => {
    const rows = [3, 4, 2, 7, 1].flatMap((many, picture) =>
      Array.from({ length: many }, (_, i) => [`q${i}`, `a${i}`, picture]),
    );
    json('talks/train/questions.json', rows);
    await convert('easy-vqa', at('talks'), at('talks-out'), { task: 'dialogue', pictures: false });
    const sets = await Promise.all(
      ['train', 'validation', 'test'].map((part) => readRecords(at(`talks-out/${part}.jsonl`), 'dialogue')),
    );
    const records = sets.flatMap((set) => set.records).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(
      records.map(({ id, turns, reply, group }) => [
        id,
        turns.map(({ text }) => text).join(' '),
        reply,
        group,
      ]),
    ).toEqual([
      ['train-0-0', 'q0 a0 q1 a1 q2', 'a2', 'train-0'],
      ['train-1-0', 'q0 a0 q1 a1 q2 a2 q3', 'a3', 'train-1'],
      ['train-2-0', 'q0 a0 q1', 'a1', 'train-2'],
      ['train-3-0', 'q0 a0 q1 a1 q2', 'a2', 'train-3'],
      ['train-3-1', 'q3 a3 q4 a4 q5 a5 q6', 'a6', 'train-3'],
      ['train-4-0', 'q0', 'a0', 'train-4'],
    ]);
    expect(records[0]?.turns.map(({ speaker }) => speaker)).toEqual([
      'questioner',
      'answerer',
      'questioner',
      'answerer',
      'questioner',
    ]);
  });

  const shared = sharedData('easy-vqa');
  it.skipIf(!shared)(
    'real: every one of the 38,575 questions is in one of the talks about 4,000 pictures',
    async () => {
      const options = { task: 'dialogue', pictures: false } as const;
      const report = await convert('easy-vqa', shared as string, at('talks-real'), options);
      expect(report.parts.reduce((sum, { groups }) => sum + groups, 0)).toBe(4000);
      expect(report.sharedGroups).toBe(0);
      let asked = 0;
      for (const { part } of report.parts) {
        const { records } = await readRecords(at(`talks-real/${part}.jsonl`), 'dialogue');
        for (const { turns } of records) asked += (turns.length + 1) / 2;
      }
      expect(asked).toBe(38575);
    },
  );
});
