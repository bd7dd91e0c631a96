import { describe, expect, it } from 'vitest';
import { type AblationConfigInput, parseAblationConfig, planAblation } from '../../../src/lib/experiments';
import { InputHashes } from '../../../src/lib/experiments/ablation/identity';
import { parseTrainConfig } from '../../../src/lib/training';
import { temporaryFolder } from '../../support/temporary-folder';

const { path: folder, write } = temporaryFolder();
write('words.txt', 'the gull sits on the pier\n');
const base = {
  task: 'causal-lm',
  data: { train: 'words.txt', validation: 'words.txt' },
  model: { text: 'gpt-tiny' },
};
const plan = (rest: Partial<AblationConfigInput>) =>
  planAblation(parseAblationConfig({ base, axes: {}, ...rest }), { folder });

describe('what a cell reads', () => {
  it('is of a named tokenizer its own files, and not the run that it lies in', async () => {
    const hashOf = async (from: string) => {
      const config = parseTrainConfig({ ...base, model: { ...base.model, tokenizer: { from } } }, 'base');
      return (await new InputHashes(folder).of(config))['model.tokenizer.from'];
    };
    write('run/model/tokenizer.json', '{"version":"1.0"}');
    const before = await hashOf('run');
    for (const other of ['run/metrics.jsonl', 'run/model/model.safetensors', 'run/cells/a/tokenizer.json']) {
      write(other, 'x');
    }
    expect([await hashOf('run'), await hashOf('run/model')]).toEqual([before, before]);
    write('run/model/tokenizer.json', '{"version":"1.1"}');
    expect(await hashOf('run')).not.toBe(before);
  });

  it('must be there before anything runs', async () => {
    await expect(plan({ axes: { 'model.tokenizer.from': [null, 'gone'] } })).rejects.toThrow(
      /model\.tokenizer\.from: "gone" is no folder/,
    );
  });

  it('is no number of records where the task has none, wherever on the axis a size stands', async () => {
    for (const sizes of [
      [null, 100],
      [100, null],
    ]) {
      await expect(plan({ axes: { 'data.limit': sizes } })).rejects.toThrow(
        /data\.limit: causal-lm reads text in blocks/,
      );
    }
  });
});
