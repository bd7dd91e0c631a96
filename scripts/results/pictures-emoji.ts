/**
 * @file Emoji never seen: an English tag and a picture to the German name, split by emoji, so that the right name was
 * never a target. Asked as a forced choice among the names that share the tag, which a blind guess gets right once in k.
 */
import { resolve } from 'node:path';
import { data, experiments } from '../../src/lib';
import { realData } from './data';
import { estimateText, shareText } from './estimate-text';
import { smallGpt } from './networks';
import type { FinishedPart, StudyPart } from './study';

export const UNSEEN_EMOJI: StudyPart = {
  name: 'emoji-unseen',
  data: realData('emoji', 'emoji', { unseen: true }),
  grid: ({ files }) => ({
    base: {
      task: 'translation',
      data: files,
      model: { text: smallGpt(64, 64, 0.12), vision: 'cnn-tiny', tokenizer: { vocabularySize: 1000 } },
      training: { epochs: 8, batchSize: 64, learningRate: 4e-3, patience: null, evaluationSteps: 200 },
    },
    axes: { 'model.fusion': ['none', 'cross-attention'], condition: ['right', 'shuffled'] },
    seeds: [1],
    metric: 'choiceAccuracy',
  }),
};

/** Each row beside a blind guess, on the records with two choices or more. */
export async function unseenEmojiText({ plan, ledger, out, folder }: FinishedPart): Promise<string> {
  const { records } = await data.readRecords(resolve(folder, plan.file), 'translation');
  const choices = records.map((record) => (record as { choices?: readonly string[] }).choices?.length ?? 0);
  const asked = [...records.keys()].filter((row) => (choices[row] as number) > 1);
  const blind = asked.map((row) => 1 / (choices[row] as number));
  const clusters = asked.map((row) => String(records[row]?.group));
  const { bootstrapInterval, pairedBootstrap, verdict } = experiments.statistics;
  const told: string[] = [];
  const rows = (await experiments.scoredRows(plan, ledger, out)).flatMap((row): experiments.ResultRow[] => {
    const scores = row.runs[0]?.scores.scores;
    if (scores?.form !== 'ratio') return [];
    const right = asked.map((place) => scores.sums[place] as number);
    const difference = pairedBootstrap({ first: right, second: blind, clusters });
    if (row.condition === 'right')
      told.push(verdict({ system: row.name, baseline: 'a blind guess', difference }).text);
    return [
      {
        row: row.name,
        choice: estimateText(bootstrapInterval({ values: right, clusters })),
        difference: estimateText(difference),
      },
    ];
  });
  const table = experiments.resultsTable(rows, {
    columns: [
      { key: 'row', title: '' },
      { key: 'choice', title: 'right of the names that share the tag, %' },
      { key: 'difference', title: '− a blind guess' },
    ],
  });
  const mean = blind.reduce((sum, one) => sum + one, 0) / blind.length;
  return [
    '### Emoji never seen: a forced choice',
    `An English tag and a picture to the German name, of emoji that training did not hold: ${asked.length} pairs of emoji and tag with two names or more, ${new Set(clusters).size} emoji. A blind guess is right in ${shareText(mean)} %.`,
    table.markdown(),
    told.map((text) => `- ${text}.`).join('\n'),
  ].join('\n\n');
}
