import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../../src/lib/errors';
import { hubCacheFolder } from '../../../src/lib/hub';
import {
  type DownloadProgress,
  downloadCheckpoint,
  loadTextCheckpoint,
  resolveCheckpoint,
} from '../../../src/lib/text';
import { temporaryFolder } from '../../support/temporary-folder';
import { commitOf, type HubServer, serveHub } from './hub-server';
import { expectedOf, FIXTURES, logitsOf } from './run-checkpoint';

const temporary = temporaryFolder();
let hub: HubServer;
let cache: string;
let count = 0;

beforeAll(async () => {
  const gpt2 = join(temporary.path, 'gpt2');
  cpSync(join(FIXTURES, 'gpt2'), gpt2, { recursive: true });
  temporary.write('gpt2/README.md', 'not needed');
  temporary.write('gpt2/pytorch_model.bin', 'not needed');
  temporary.write('gpt2/vocab.json', 'not needed: there is tokenizer.json');
  temporary.write('pickled/pytorch_model.bin', 'x');
  temporary.write('pickled/config.json', '{"model_type":"bert","architectures":["BertForMaskedLM"]}');
  hub = await serveHub({
    'tiny/gpt2': gpt2,
    'tiny/llama': join(FIXTURES, 'llama'),
    bert: join(FIXTURES, 'bert'),
    'old/pickled': join(temporary.path, 'pickled'),
  });
});
afterAll(() => hub.close());

beforeEach(() => {
  cache = join(temporary.path, `cache-${count++}`);
  hub.asked = [];
  hub.authorization = [];
  hub.cuts.clear();
  hub.instead.clear();
  hub.ignoresRanges = false;
  hub.broken = null;
  for (const name of ['HF_TOKEN', 'HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE']) vi.stubEnv(name, '');
  vi.stubEnv('HF_ENDPOINT', hub.url);
  vi.stubEnv('HF_HUB_CACHE', cache);
});
afterEach(() => vi.unstubAllEnvs());

const GPT2 = commitOf('tiny/gpt2');
const resolved = () =>
  hub.asked.filter((one) => one.includes('/resolve/')).map((one) => one.split('/').at(-1));
const blobs = (name = 'models--tiny--gpt2') => readdirSync(join(cache, name, 'blobs'));

async function refusal(run: Promise<unknown>): Promise<Error> {
  return run.then(
    () => new Error('nothing was refused'),
    (error: Error) => error,
  );
}

describe('a download', () => {
  it('brings the files that are needed, in the layout of the Python cache, and tells how far it is', async () => {
    const seen: DownloadProgress[] = [];
    const folder = await downloadCheckpoint('tiny/gpt2', { onProgress: (one) => seen.push({ ...one }) });
    const repository = join(cache, 'models--tiny--gpt2');
    expect(folder).toBe(join(repository, 'snapshots', GPT2));
    expect(readFileSync(join(repository, 'refs', 'main'), 'utf8')).toBe(GPT2);
    const files = [
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ];
    expect(readdirSync(folder).sort()).toEqual(files);
    for (const name of files) {
      expect(lstatSync(join(folder, name)).isSymbolicLink()).toBe(true);
      expect(readFileSync(join(folder, name))).toEqual(readFileSync(join(FIXTURES, 'gpt2', name)));
    }
    // As the Python client names them: SHA-256 of the LFS file, SHA-1 of the others.
    expect(
      blobs()
        .map((name) => name.length)
        .sort(),
    ).toEqual([40, 40, 40, 40, 64]);
    const total = files.reduce((sum, name) => sum + statSync(join(FIXTURES, 'gpt2', name)).size, 0);
    expect(seen.at(-1)).toEqual({ file: 'model.safetensors', receivedBytes: total, totalBytes: total });
    const received = seen.map((one) => one.receivedBytes);
    expect(received.length).toBeGreaterThan(5);
    expect(received).toEqual([...received].sort((a, b) => a - b)); // it only grows

    const { ids, logits } = expectedOf('gpt2');
    const checkpoint = await loadTextCheckpoint(folder);
    expect(logitsOf(checkpoint, ids).flat()).toBeClose(logits.flat(), { absolute: 1e-4 });

    hub.asked = [];
    expect(await downloadCheckpoint('tiny/gpt2')).toBe(folder);
    expect(resolved()).toEqual([]); // nothing twice
  });

  it('of a pinned commit that is there asks nothing; a tag is one commit too', async () => {
    const folder = await downloadCheckpoint('tiny/gpt2', { revision: 'v1' });
    expect(folder).toContain(GPT2);
    expect(readdirSync(join(cache, 'models--tiny--gpt2', 'refs'))).toEqual(['v1']);
    hub.asked = [];
    expect(await downloadCheckpoint('tiny/gpt2', { revision: GPT2 })).toBe(folder);
    expect(await resolveCheckpoint(`tiny/gpt2@${GPT2}`)).toBe(folder);
    expect(hub.asked).toEqual([]);
  });

  it('takes shards by their index, and a name without an owner', async () => {
    const llama = await loadTextCheckpoint(await resolveCheckpoint('tiny/llama'));
    const { ids, logits } = expectedOf('llama');
    expect(logitsOf(llama, ids).flat()).toBeClose(logits.flat(), { absolute: 1e-4 });
    expect(resolved().filter((name) => name?.startsWith('model-')).length).toBe(3);
    expect((await loadTextCheckpoint(await resolveCheckpoint('bert'))).heads).toEqual(['masked-lm']);
    expect(readdirSync(cache).sort()).toEqual(['models--bert', 'models--tiny--llama']);
  });

  it('finds what Python has downloaded, though the reference is missing', async () => {
    // The weights alone, as hf_hub_download leaves them.
    const first = await downloadCheckpoint('tiny/gpt2');
    for (const name of readdirSync(first)) if (name !== 'model.safetensors') rmSync(join(first, name));
    rmSync(join(cache, 'models--tiny--gpt2', 'refs'), { recursive: true });
    for (const name of blobs())
      if (name.length === 40) rmSync(join(cache, 'models--tiny--gpt2', 'blobs', name));
    hub.asked = [];
    await downloadCheckpoint('tiny/gpt2');
    expect(resolved()).not.toContain('model.safetensors');
    expect(resolved()).toContain('config.json');
  });

  it('sends the token to the hub', async () => {
    vi.stubEnv('HF_TOKEN', 'hf_test');
    await downloadCheckpoint('tiny/gpt2');
    expect(new Set(hub.authorization)).toEqual(new Set(['Bearer hf_test']));
    vi.stubEnv('HF_TOKEN', 'nonsense');
    expect((await refusal(downloadCheckpoint('bert'))).message).toMatch(/HF_TOKEN: expected an access token/);
  });
});

describe('a connection that breaks', () => {
  const WEIGHTS = 'model.safetensors';

  it('is taken up where it broke, in the same call', async () => {
    hub.cuts.set(WEIGHTS, [1000, 2000]);
    const folder = await downloadCheckpoint('tiny/gpt2');
    expect(readFileSync(join(folder, WEIGHTS))).toEqual(readFileSync(join(FIXTURES, 'gpt2', WEIGHTS)));
    const ranges = hub.asked.filter((one) => one.startsWith('/lfs/')).map((one) => one.split(' ')[1]);
    expect(ranges[0]).toBeUndefined();
    expect(ranges.slice(1).map((range) => range?.split('-')[0])).toEqual(['bytes=1000', 'bytes=3000']);
  });

  it('for good is an error, and the next call goes on from there', async () => {
    hub.cuts.set(WEIGHTS, [5000, 0, 0, 0]);
    const error = await refusal(downloadCheckpoint('tiny/gpt2'));
    expect(error.message).toMatch(/model\.safetensors: 5000 of 33224 bytes came, then: .*goes on from there/);
    expect(blobs().filter((name) => name.endsWith('.incomplete')).length).toBe(1);
    expect(existsSync(join(cache, 'models--tiny--gpt2', 'snapshots', GPT2, WEIGHTS))).toBe(false);
    hub.asked = [];
    hub.cuts.clear();
    await loadTextCheckpoint(await downloadCheckpoint('tiny/gpt2'));
    expect(hub.asked.filter((one) => one.startsWith('/lfs/'))).toEqual([
      `/lfs/tiny/gpt2/${WEIGHTS} bytes=5000-33223`,
    ]);
    expect(blobs().some((name) => name.endsWith('.incomplete'))).toBe(false);
  });

  it('goes on with what a killed process left, but not with what another still writes', async () => {
    const whole = readFileSync(join(FIXTURES, 'gpt2', WEIGHTS));
    const folder = await downloadCheckpoint('tiny/gpt2');
    const hash = blobs().find((name) => name.length === 64) as string;
    const blob = join(cache, 'models--tiny--gpt2', 'blobs', hash);
    const { createHash } = await import('node:crypto');
    const { hostname } = await import('node:os');
    const machine = createHash('sha1').update(hostname()).digest('hex').slice(0, 8);
    for (const [pid, range] of [
      [process.ppid, undefined],
      [2 ** 22 + 1, 'bytes=7000-33223'], // above the largest process id of Linux
    ] as const) {
      rmSync(join(folder, WEIGHTS));
      rmSync(blob);
      writeFileSync(`${blob}.${machine}-${pid}-0.incomplete`, whole.subarray(0, 7000));
      hub.asked = [];
      await downloadCheckpoint('tiny/gpt2');
      expect(hub.asked.filter((one) => one.startsWith('/lfs/')).map((one) => one.split(' ')[1])).toEqual([
        range,
      ]);
      expect(readFileSync(blob)).toEqual(whole);
      rmSync(`${blob}.${machine}-${pid}-0.incomplete`, { force: true });
    }
  });

  it('is taken up at a server that does not know ranges', async () => {
    hub.ignoresRanges = true;
    hub.cuts.set(WEIGHTS, [5000]);
    await loadTextCheckpoint(await downloadCheckpoint('tiny/gpt2'));
  });

  it('by hand stops at once, and keeps what came', async () => {
    const controller = new AbortController();
    const run = downloadCheckpoint('tiny/gpt2', {
      signal: controller.signal,
      onProgress: ({ file }) => file === WEIGHTS && controller.abort(new Error('enough')),
    });
    expect((await refusal(run)).message).toBe('enough');
    expect(existsSync(join(cache, 'models--tiny--gpt2', 'snapshots', GPT2, WEIGHTS))).toBe(false);
  });
});

describe('refused', () => {
  it('bytes that are not the listed ones, which are thrown away', async () => {
    const bytes = readFileSync(join(FIXTURES, 'gpt2', 'model.safetensors'));
    bytes[20000] = (bytes[20000] as number) ^ 1;
    hub.instead.set('model.safetensors', bytes);
    expect((await refusal(downloadCheckpoint('tiny/gpt2'))).message).toMatch(
      /model\.safetensors: the 33224 bytes that came are not the file: expected SHA-256 [0-9a-f]{64}, found/,
    );
    const config = readFileSync(join(FIXTURES, 'bert', 'config.json'));
    config[10] = (config[10] as number) ^ 1;
    hub.instead.set('config.json', config);
    expect((await refusal(downloadCheckpoint('bert'))).message).toMatch(/config\.json: .*git's SHA-1/);
    expect(blobs('models--bert')).toEqual([]);
    expect(blobs().every((name) => name.length === 40)).toBe(true);
  });

  it('pickled weights, before they are downloaded; names and revisions that there are not', async () => {
    const pickled = await refusal(downloadCheckpoint('old/pickled'));
    expect(pickled).toBeInstanceOf(InputError);
    expect(pickled.message).toMatch(/pytorch_model\.bin: pickled.*s = 'old\/pickled'; t\.BertForMaskedLM/s);
    expect(resolved()).toEqual(['config.json']);
    for (const [run, message] of [
      [() => downloadCheckpoint('tiny/absent'), /answered 401: .*gated/],
      [() => downloadCheckpoint('tiny/gpt2', { revision: 'v9' }), /tiny\/gpt2 at v9: .* answered 404/],
      [() => downloadCheckpoint('../x'), /expected a model's name/],
      [() => downloadCheckpoint('a/b', { revision: '../..' }), /expected a branch, a tag or a commit/],
      [() => downloadCheckpoint('a/b', { endpoint: 'ftp://x' }), /HF_ENDPOINT: expected an address/],
      [() => resolveCheckpoint('./runs/absent/model'), /there is no such folder/],
      [() => resolveCheckpoint(join(temporary.path, 'gpt2', 'README.md')), /a file; expected the folder/],
      [
        () => resolveCheckpoint('runs/absent'),
        /runs\/absent is no folder here; as a model on the hub: .*401/,
      ],
    ] as const) {
      const error = await refusal(run());
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toMatch(message);
    }
  });
});

describe('without network', () => {
  it('says so at once, and what to put where', async () => {
    const unreachable = await serveHub({});
    await unreachable.close();
    const started = Date.now();
    const error = await refusal(downloadCheckpoint('tiny/gpt2', { endpoint: unreachable.url }));
    expect(Date.now() - started).toBeLessThan(5000);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(/cannot be reached \(ECONNREFUSED\), and the cache does not hold it/);
    expect(error.message).toContain('hf download tiny/gpt2 --revision main');
    expect(error.message).toContain(`to ${join(cache, 'models--tiny--gpt2')}`);
    hub.broken = 503;
    expect((await refusal(downloadCheckpoint('tiny/gpt2'))).message).toMatch(/cannot be reached \(503\)/);
  });

  it('takes what the cache holds; HF_HUB_OFFLINE asks nobody', async () => {
    const folder = await downloadCheckpoint('tiny/gpt2');
    hub.broken = 503;
    expect(await downloadCheckpoint('tiny/gpt2')).toBe(folder);
    hub.broken = null;
    hub.asked = [];
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    expect(await resolveCheckpoint('tiny/gpt2')).toBe(folder);
    expect((await refusal(downloadCheckpoint('bert'))).message).toMatch(
      /HF_HUB_OFFLINE is set, and the cache does not hold it/,
    );
    rmSync(join(folder, 'model.safetensors'));
    expect((await refusal(downloadCheckpoint('tiny/gpt2'))).message).toMatch(
      /in the cache, it lacks model\.safetensors/,
    );
    expect(hub.asked).toEqual([]);
  });

  it('needs none for a folder', async () => {
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    expect(await resolveCheckpoint(join(FIXTURES, 'bert'))).toBe(join(FIXTURES, 'bert'));
    mkdirSync(cache);
  });
});

it('the cache is where Python has it', () => {
  expect(hubCacheFolder({ HF_HUB_CACHE: '/a' })).toBe('/a');
  expect(hubCacheFolder({ HF_HOME: '/b' })).toBe(join('/b', 'hub'));
  expect(hubCacheFolder({ XDG_CACHE_HOME: '/c' })).toBe(join('/c', 'huggingface', 'hub'));
  expect(hubCacheFolder({ HF_HOME: '~/d' })).not.toContain('~');
});
