import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convert, labelNames, readRecords } from '../../../src/lib/data';
import { joinSurrogates } from '../../../src/lib/data/formats/cesu8';
import { splitWords } from '../../../src/lib/data/formats/words';
import { sharedData } from '../../support/shared-data';
import { jsonLinesOf, temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);
const repeated = <T>(count: number, one: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => one(i));

describe('SNIPS', () => {
  const utterance = (i: number) => ({
    data: [{ text: `play song ${i} by ` }, { text: 'The Knife', entity: 'artist' }, { text: '.' }],
  });

  it('reads a folder an intent, joins the two halves of an emoji, and takes validate as test', async () => {
    // U+1F355 as six bytes, as PlayMusic has it.
    const pizza = Buffer.from([0xed, 0xa0, 0xbc, 0xed, 0xbd, 0x95]);
    const [before, after] = JSON.stringify({
      PlayMusic: [{ data: [{ text: 'Pop Punk |', entity: 'playlist' }] }, ...repeated(9, utterance)],
    }).split('|') as [string, string];
    folder.write(
      'snips/PlayMusic/train_PlayMusic_full.json',
      Buffer.concat([Buffer.from(before), pizza, Buffer.from(after)]),
    );
    folder.write('snips/PlayMusic/validate_PlayMusic.json', JSON.stringify({ PlayMusic: [utterance(77)] }));
    folder.write('snips/PlayMusic/Snips_metrics_full.json', '{}');
    const report = await convert('snips', at('snips'), at('snips-out'), { task: 'ner' });
    expect(report.parts.map(({ part, from, records }) => [part, from, records])).toEqual([
      ['train', 'train', 9],
      ['validation', 'train', 1],
      ['test', 'validate', 1],
    ]);
    const test = await readRecords(at('snips-out/test.jsonl'), 'ner');
    expect(test.records[0]).toEqual({
      id: 'validate-PlayMusic-0',
      tokens: ['play', 'song', '77', 'by', 'The', 'Knife', '.'],
      tags: ['O', 'O', 'O', 'O', 'B-artist', 'I-artist', 'O'],
      group: 'play song 77 by the knife.',
      split: 'validate',
    });
    const rest = await Promise.all(
      ['train', 'validation'].map((part) => readRecords(at(`snips-out/${part}.jsonl`), 'ner')),
    );
    const emoji = rest.flatMap(({ records }) => records).find(({ tokens }) => tokens.includes('🍕'));
    expect(emoji?.tags).toEqual(['B-playlist', 'I-playlist', 'I-playlist']);
  });

  it('names file and row of what is laid out otherwise', async () => {
    folder.write('snips-bad/train_GetWeather_full.json', '{"GetWeather":[{"data":[{"entity":"city"}]}]}');
    await expect(convert('snips', at('snips-bad'), at('x'))).rejects.toThrow(
      /train_GetWeather_full\.json: row 1: field "data\.0\.text" .* is not as SNIPS publishes it/,
    );
    folder.write('snips-bad/train_GetWeather_full.json', '{"Other":[{"data":[{"text":"a"}]}]}');
    await expect(convert('snips', at('snips-bad'), at('x'))).rejects.toThrow(/has no list GetWeather/);
    folder.write('snips-bad/train_GetWeather_full.json', Buffer.from([0x7b, 0x0a, 0xed, 0xa0, 0xbc]));
    await expect(convert('snips', at('snips-bad'), at('x'))).rejects.toThrow(
      /full\.json:2: is not valid UTF-8/,
    );
    folder.write('snips-none/readme.json', '{}');
    await expect(convert('snips', at('snips-none'), at('x'))).rejects.toThrow(/is not the SNIPS data set/);
  });

  const shared = sharedData('snips');
  it.skipIf(!shared)(
    'real: 1,942 + 2,000 + 2,000 utterances, 3 intents, 20 slots, the emoji whole',
    async () => {
      const [intents, slots] = [at('intents'), at('slots')];
      await convert('snips', shared as string, intents);
      await convert('snips', shared as string, slots, { task: 'ner' });
      const parts = ['train', 'validation', 'test'];
      const all = (
        await Promise.all(parts.map((part) => readRecords(join(intents, `${part}.jsonl`), 'classification')))
      ).flatMap(({ records }) => records);
      expect(labelNames(all)).toEqual(['AddToPlaylist', 'GetWeather', 'PlayMusic']);
      expect(labelNames(all).map((name) => all.filter(({ label }) => label === name).length)).toEqual([
        1942, 2000, 2000,
      ]);
      expect(all.some(({ text }) => text.includes('Pop Punk Perfection 🍕'))).toBe(true);
      expect(all.find(({ id }) => id === 'train-AddToPlaylist-0')?.text).toBe(
        'Add another song to the Cita Romántica playlist. ',
      );
      const tagged = (
        await Promise.all(parts.map((part) => readRecords(join(slots, `${part}.jsonl`), 'ner')))
      ).flatMap(({ records }) => records);
      // 5 + 9 + 9 slot names an intent, some of them shared.
      expect(
        new Set(tagged.flatMap(({ tags }) => tags.filter((tag) => tag !== 'O').map((tag) => tag.slice(2))))
          .size,
      ).toBe(20);
      // Every slot of the published files begins one entity: 5,278 + 4,594 + 4,389.
      expect(tagged.flatMap(({ tags }) => tags.filter((tag) => tag.startsWith('B-'))).length).toBe(14261);
    },
  );
});

describe('tokens and bytes', () => {
  it('cuts words from signs', () => {
    expect(splitWords("don't pay 1,000 for a key-word (e.g. Müller’s)!")).toEqual([
      "don't",
      'pay',
      '1,000',
      'for',
      'a',
      'key-word',
      '(',
      'e.g',
      '.',
      'Müller’s',
      ')',
      '!',
    ]);
    expect(splitWords(' \t')).toEqual([]);
  });

  it('joins halves and leaves everything else', () => {
    const text = 'a é 𝄞 \u{10FFFF}';
    expect(Buffer.from(joinSurrogates(Buffer.from(text))).toString()).toBe(text);
    // U+10000 and U+10FFFF, the ends of the range.
    const halves = Buffer.from([0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80, 0xed, 0xaf, 0xbf, 0xed, 0xbf, 0xbf]);
    expect(Buffer.from(joinSurrogates(halves)).toString()).toBe('\u{10000}\u{10FFFF}');
    expect([...joinSurrogates(halves.subarray(0, 5))]).toEqual([...halves.subarray(0, 5)]);
  });
});

describe('SemEval-2010 task 8', () => {
  const example = (n: number, sentence: string, label: string, comment = 'Comment:') =>
    `${n}\t"${sentence}"\n${label}\n${comment}\n\n`;
  const text = 'The <e1>cerebral cortex</e1> is a sheet of<e2>neurons</e2>.';

  it('marks both nominals, keeps the direction in the label, groups by sentence', async () => {
    folder.write(
      'semeval/TRAIN_FILE.TXT',
      repeated(20, (i) =>
        example(i + 1, text.replace('sheet', `sheet ${i % 10}`), 'Component-Whole(e2,e1)', 'Comment: a\nb'),
      ).join(''),
    );
    folder.write('semeval/TEST_FILE_FULL.TXT', example(8001, text, 'Other'));
    const report = await convert('semeval2010', at('semeval'), at('semeval-out'));
    expect(report.parts.map(({ records, groups }) => [records, groups])).toEqual([
      [18, 9],
      [2, 1],
      [1, 1],
    ]);
    const { records } = await readRecords(at('semeval-out/test.jsonl'), 'relation');
    expect(records[0]).toEqual({
      id: 'test-8001',
      tokens: ['The', 'cerebral', 'cortex', 'is', 'a', 'sheet', 'of', 'neurons', '.'],
      head: [1, 3],
      tail: [7, 8],
      label: 'Other',
      group: 'The cerebral cortex is a sheet ofneurons.',
      split: 'test',
    });
  });

  it.each([
    [
      'no number',
      'x\t"a"\nOther\n',
      /TRAIN_FILE\.TXT:1: the line is "x.*an example must begin with its number/,
    ],
    [
      'another relation',
      example(1, text, 'Kinship(e1,e2)').replace('Kinship', 'kin'),
      /TRAIN_FILE\.TXT:2: the relation is "kin\(e1,e2\)"/,
    ],
    [
      'no second nominal',
      example(1, 'a <e1>b</e1> c', 'Other'),
      /example 1: the sentence is .*must have <e1>/,
    ],
  ])('stops at %s', async (_, content, message) => {
    folder.write('semeval-bad/TRAIN_FILE.TXT', content);
    await expect(convert('semeval2010', at('semeval-bad'), at('x'))).rejects.toThrow(message);
  });

  const shared = sharedData('semeval2010-task8');
  it.skipIf(!shared)(
    'real: 8,000 and 2,717 examples, 19 labels, the published share of Cause-Effect',
    async () => {
      const report = await convert('semeval2010', shared as string, at('semeval-real'));
      expect(report.parts.map(({ records }) => records)).toEqual([7200, 800, 2717]);
      expect(report.sharedGroups).toBe(14);
      const sets = await Promise.all(
        ['train', 'validation', 'test'].map((part) =>
          readRecords(at(`semeval-real/${part}.jsonl`), 'relation'),
        ),
      );
      const train = sets.slice(0, 2).flatMap(({ records }) => records);
      expect(labelNames(train)).toHaveLength(19);
      // Hendrickx et al. 2010, table 1: 1,331 of all 10,717 (12.4 %).
      const causes = sets
        .flatMap(({ records }) => records)
        .filter(({ label }) => label.startsWith('Cause-Effect'));
      expect(causes).toHaveLength(1331);
      const first = train.find(({ id }) => id === 'train-1');
      expect([
        first?.tokens.slice(...(first.head as [number, number])),
        first?.tokens.slice(...(first.tail as [number, number])),
        first?.label,
      ]).toEqual([['configuration'], ['elements'], 'Component-Whole(e2,e1)']);
    },
  );
});

describe('SQuAD and XQuAD', () => {
  const paragraph = (i: number) => ({
    context: `𝄞 Article ${i} says that Anna won.`,
    qas: [
      {
        id: `q${i}`,
        question: 'Who won?',
        answers: [
          { text: 'Anna', answer_start: `? Article ${i} says that `.length },
          { text: 'Anna won', answer_start: `? Article ${i} says that `.length },
          { text: 'Anna', answer_start: `? Article ${i} says that `.length },
        ],
      },
      { id: `n${i}`, question: 'Who lost?', is_impossible: true, answers: [] },
    ],
  });
  const articles = (count: number) => ({
    version: 'v2.0',
    data: repeated(count, (i) => ({
      title: `T${i}`,
      paragraphs: [paragraph(i), { ...paragraph(i), qas: [] }],
    })),
  });

  it('gives context, answer and where it begins, grouped by article', async () => {
    folder.write('squad/train-v2.0.json', JSON.stringify(articles(3)));
    folder.write('squad/dev-v2.0.json', JSON.stringify(articles(1)));
    const report = await convert('squad', at('squad'), at('squad-out'));
    expect(report.parts.map(({ part, records, groups }) => [part, records, groups])).toEqual([
      ['train', 3, 3],
      ['validation', 1, 1],
    ]);
    const { records } = await readRecords(at('squad-out/validation.jsonl'), 'qa');
    expect(records[0]).toEqual({
      id: 'q0',
      question: 'Who won?',
      answer: 'Anna',
      context: '𝄞 Article 0 says that Anna won.',
      // One more than published: the clef is one code point and two units.
      answerStart: 23,
      references: ['Anna', 'Anna won'],
      group: 'T0',
      split: 'dev',
    });
  });

  it('refuses an answer that does not stand in its text, and an unknown language', async () => {
    const wrong = articles(1);
    (wrong.data[0]?.paragraphs[0]?.qas[0]?.answers[0] as { answer_start: number }).answer_start = 3;
    folder.write('xquad-bad/xquad.en.json', JSON.stringify(wrong));
    await expect(convert('xquad', at('xquad-bad'), at('x'))).rejects.toThrow(
      /xquad\.en\.json: question "q0": the answer "Anna" does not stand at 3 of its paragraph, which has "rtic" there; mend answer_start or text/,
    );
    await expect(convert('xquad', at('xquad-bad'), at('x'), { language: 'ru' })).rejects.toThrow(
      /none of xquad\.ru\.json is there/,
    );
    await expect(convert('squad', at('squad'), at('x'), { language: 'de' })).rejects.toThrow(
      'squad has one language; language is for xquad, multi30k',
    );
  });

  const shared = sharedData('xquad');
  it.skipIf(!shared).each(['en', 'de'])(
    'real %s: 1,190 questions of 48 articles, none in two parts',
    async (language) => {
      const report = await convert('xquad', shared as string, at(`xquad-${language}`), { language });
      expect(report.parts.reduce((sum, { records }) => sum + records, 0)).toBe(1190);
      expect(report.parts.reduce((sum, { groups }) => sum + groups, 0)).toBe(48);
      expect(report.sharedGroups).toBe(0);
      const { records } = await readRecords(at(`xquad-${language}/train.jsonl`), 'qa');
      expect(records[0]).toMatchObject({
        id: '56beb4343aeaaa14008c925b',
        answer: '308',
        group: 'Super_Bowl_50',
      });
    },
  );

  it.skipIf(!shared)(
    'real en-de: the same questions in both languages, and an error where one lacks',
    async () => {
      const report = await convert('xquad', shared as string, at('xquad-pairs'), { task: 'translation' });
      expect(report.parts.map(({ from, records }) => [from, records])).toEqual([
        ['en-de', 929],
        ['en-de', 142],
        ['en-de', 119],
      ]);
      const { records } = await readRecords(at('xquad-pairs/train.jsonl'), 'translation');
      expect(records[0]).toMatchObject({
        source: 'How many points did the Panthers defense surrender?',
        target: 'Wie viele Punkte gab die Verteidigung der Panthers ab?',
        targetLanguage: 'de',
        group: 'Super_Bowl_50',
      });
    },
  );

  it('wants a pair of languages for translation, and every question in both', async () => {
    folder.write('pairs/xquad.en.json', JSON.stringify(articles(2)));
    folder.write('pairs/xquad.es.json', JSON.stringify(articles(1)));
    const options = { task: 'translation' } as const;
    await expect(convert('xquad', at('pairs'), at('x'), { ...options, language: 'en' })).rejects.toThrow(
      /language is "en"; the translation of XQuAD wants two/,
    );
    await expect(convert('xquad', at('pairs'), at('x'), { ...options, language: 'en-es' })).rejects.toThrow(
      /xquad\.es\.json: has no question "q1", which the other language has/,
    );
  });
});

describe('SciTLDR', () => {
  it('joins the sentences and keeps every reference', async () => {
    const paper = {
      source: ['One.', 'Two.'],
      source_labels: [0, 1],
      rouge_scores: [0, 1],
      paper_id: 'p',
      target: ['A.', 'B.'],
      title: 'T',
    };
    for (const split of ['train', 'dev', 'test'])
      folder.write(
        `tldr/SciTLDR-Data/SciTLDR-A/${split}.jsonl`,
        jsonLinesOf([{ ...paper, paper_id: split }]),
      );
    await convert('scitldr', at('tldr'), at('tldr-out'));
    const { records } = await readRecords(at('tldr-out/test.jsonl'), 'summarization');
    expect(records[0]).toEqual({
      id: 'test-test',
      document: 'One. Two.',
      summary: 'A.',
      references: ['A.', 'B.'],
      title: 'T',
      group: 'test',
      split: 'test',
    });
    folder.write(
      'tldr-bad/train.jsonl',
      `${JSON.stringify(paper)}\n${JSON.stringify({ ...paper, target: [] })}\n`,
    );
    await expect(convert('scitldr', at('tldr-bad'), at('x'))).rejects.toThrow(
      /train\.jsonl:2: field "target" of .* is not as SciTLDR publishes it/,
    );
  });

  const shared = sharedData('scitldr');
  it.skipIf(!shared)('real: 1,992, 619 and 618 papers; several references in dev and test', async () => {
    const report = await convert('scitldr', shared as string, at('tldr-real'));
    expect(report.parts.map(({ records }) => records)).toEqual([1992, 619, 618]);
    const { records } = await readRecords(at('tldr-real/test.jsonl'), 'summarization');
    const references = records.map(
      (record) => (record as unknown as { references: string[] }).references.length,
    );
    expect([Math.min(...references), Math.max(...references)]).toEqual([2, 4]);
  });
});
