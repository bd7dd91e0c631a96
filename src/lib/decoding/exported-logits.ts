/**
 * @file The next token's logits from exported ONNX files, by ONNX Runtime alone: none of the kit's networks takes part.
 * Every strategy, rule and guidance writes with it as with the model itself. Prompts of unequal lengths stand behind
 * padding; a row that goes on from one of the call before takes its cache along.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { InputError } from '../errors';
import { cacheFeeds, type Feeds, floats, integers, lastLogits, rowsOf } from './exported-tensors';
import type { ContextRow, NextTokenLogits } from './next-token-logits';
import { PromptLengths } from './prompt-lengths';
import type { ShownPictures } from './seen-pictures';

export interface ExportedLogitsOptions {
  /** How the files end: `''`, `'_fp16'`, `'_quantized'`. */
  suffix?: string;
  /** Threads of ONNX Runtime; 0 lets it choose. */
  threads?: number;
  /** Longest context in tokens. */
  maxLength: number;
  /** Of encoder–decoder networks: what the decoder begins with. */
  startId?: number;
}

const GRAPHS = [
  'model',
  'vision_encoder',
  'relevance_gate',
  'image_prefix',
  'encoder_model',
  'decoder_model_merged',
];

interface Kept {
  rows: (readonly number[])[];
  /** 1 and 0 [B, P] */
  mask: number[][];
  cache: Feeds;
}

export class ExportedLogits implements NextTokenLogits {
  readonly vocabularySize: number;
  readonly maxLength: number;
  readonly slides = false;
  readonly longestPrompt?: number;
  private kept: Kept | null = null;
  private readonly prompts = new PromptLengths();
  /** What is read beside each prompt: what was seen, or what the encoder said; by source, of one row. */
  private readonly beside = new Map<number, Feeds>();

  private constructor(
    private readonly sessions: ReadonlyMap<string, ort.InferenceSession>,
    private readonly options: ExportedLogitsOptions,
    private readonly pictures: ShownPictures,
  ) {
    const { outputMetadata } = this.session(this.writer);
    const logits = outputMetadata.find(({ name }) => name === 'logits') as { shape?: (number | string)[] };
    this.vocabularySize = logits.shape?.at(-1) as number;
    this.maxLength = options.maxLength;
    if (this.sessions.has('encoder_model')) this.longestPrompt = options.maxLength;
  }

  /** Opens the files in `folder`. Throws an `InputError` where there is none that writes. */
  static async open(folder: string, options: ExportedLogitsOptions): Promise<ExportedLogits> {
    const { suffix = '', threads = 0 } = options;
    const sessions = new Map<string, ort.InferenceSession>();
    try {
      for (const graph of GRAPHS) {
        const path = join(folder, `${graph}${suffix}.onnx`);
        if (!existsSync(path)) continue;
        const settings = { intraOpNumThreads: threads, logSeverityLevel: 3 } as const;
        sessions.set(graph, await ort.InferenceSession.create(path, settings));
      }
      const writer = sessions.get('decoder_model_merged') ?? sessions.get('model');
      if (!writer?.outputNames.some((name) => name.startsWith('present'))) {
        throw new InputError(
          `${folder}: holds no ONNX files${suffix && ` ending in ${suffix}`} of a model that writes`,
        );
      }
      return new ExportedLogits(sessions, options, []);
    } catch (error) {
      for (const session of sessions.values()) await session.release();
      throw error;
    }
  }

  /** The same files looking at pictures, one a prompt. */
  withPictures(pictures: ShownPictures): ExportedLogits {
    return new ExportedLogits(this.sessions, this.options, pictures);
  }

  async next(rows: readonly ContextRow[]): Promise<Float32Array[]> {
    this.prompts.note(rows);
    const goesOn = rows.every(({ ids, parent }) => {
      const before = parent === null ? undefined : this.kept?.rows[parent];
      return before?.length === ids.length - 1 && before.every((id, i) => id === ids[i]);
    });
    // A row without a parent is a prompt that has just come, whatever was written under its number before.
    for (const row of rows) {
      if (row.parent === null || !this.beside.has(row.source)) {
        this.beside.set(row.source, await this.read(row));
      }
    }
    const kept = goesOn ? this.step(rows, this.kept as Kept) : await this.begin(rows);
    return this.write(rows, kept);
  }

  async dispose(): Promise<void> {
    for (const session of this.sessions.values()) await session.release();
  }

  private get writer(): string {
    return this.sessions.has('decoder_model_merged') ? 'decoder_model_merged' : 'model';
  }

  private session(name: string): ort.InferenceSession {
    return this.sessions.get(name) as ort.InferenceSession;
  }

  /** Runs a graph on those of the feeds that it takes. */
  private async run(name: string, feeds: Feeds): Promise<Feeds> {
    const session = this.session(name);
    const taken = Object.fromEntries(session.inputNames.map((input) => [input, feeds[input] as ort.Tensor]));
    return (await session.run(taken)) as Feeds;
  }

  /** What the network that writes reads the row beside. */
  private async read({ source, ids }: ContextRow): Promise<Feeds> {
    const isEncoder = this.sessions.has('encoder_model');
    const prompt = { input_ids: integers([[...ids]]), attention_mask: integers([ids.map(() => 1)]) };
    const token_type_ids = integers([ids.map(() => 0)]);
    if (isEncoder) {
      const feeds = { ...prompt, token_type_ids, ...this.pixels([source]), ...this.presence([source]) };
      const { last_hidden_state } = await this.run('encoder_model', feeds);
      return { encoder_hidden_states: last_hidden_state as ort.Tensor };
    }
    if (!this.sessions.has('vision_encoder')) return {};
    const seen = await this.run('vision_encoder', this.pixels([source]));
    const present = this.presence([source]);
    if (!this.sessions.has('relevance_gate')) return { ...seen, ...present };
    const { relevance } = await this.run('relevance_gate', { ...prompt, ...seen });
    const open = floats(relevance)[0] as number;
    const shown = floats(present.image_present)[0] as number;
    return { ...seen, image_present: new ort.Tensor('float32', Float32Array.of(open * shown), [1]) };
  }

  private presence(sources: readonly number[]): Record<'image_present', ort.Tensor> {
    const shown = Float32Array.from(sources, (source) => Number((this.pictures[source] ?? null) !== null));
    return { image_present: new ort.Tensor('float32', shown, [sources.length]) };
  }

  /** `pixel_values` [B, 3, S, S], or `features`; zeros where a prompt has no picture. */
  private pixels(sources: readonly number[]): Feeds {
    const reader = this.sessions.get('vision_encoder') ?? this.sessions.get('encoder_model');
    const input = reader?.inputMetadata.find(({ name }) => name === 'pixel_values' || name === 'features') as
      | { name: string; shape: (number | string)[] }
      | undefined;
    if (!input) return {};
    const shape = input.shape.slice(1) as number[];
    const size = shape.reduce((a, b) => a * b, 1);
    const data = new Float32Array(sources.length * size);
    for (const [row, source] of sources.entries()) {
      const picture = this.pictures[source];
      if (!picture) continue;
      if (picture.length !== size)
        throw new RangeError(
          `picture ${source}: ${picture.length} numbers; the graph takes ${shape.join(' × ')}`,
        );
      const plane = size / 3;
      const place = (i: number) => (input.name === 'features' ? i : (i % 3) * plane + Math.floor(i / 3));
      for (const [i, value] of picture.entries()) data[row * size + place(i)] = value;
    }
    return { [input.name]: new ort.Tensor('float32', data, [sources.length, ...shape]) };
  }

  /** Rows read anew, behind padding; an encoder–decoder reads what was written alone, which must be of one length. */
  private async begin(rows: readonly ContextRow[]): Promise<Kept> {
    const { startId } = this.options;
    const read = rows.map((row) =>
      startId === undefined
        ? [...row.ids]
        : [startId, ...row.ids.slice(row.ids.length - this.prompts.written(row))],
    );
    const longest = Math.max(...read.map(({ length }) => length));
    if (startId !== undefined && read.some(({ length }) => length < longest)) {
      throw new RangeError('rows that an encoder–decoder reads anew must be of one length');
    }
    const mask = read.map((ids) => [...Array<number>(longest - ids.length).fill(0), ...ids.map(() => 1)]);
    const batch = rows.length;
    if (!this.sessions.has('image_prefix')) {
      return { rows: read, mask, cache: cacheFeeds(this.session(this.writer), null, batch) };
    }
    const found = await this.run('image_prefix', this.besideOf(rows));
    const cache = cacheFeeds(this.session(this.writer), found, batch);
    const tokens = (Object.values(cache)[0] as ort.Tensor).dims[2] as number;
    return { rows: read, mask: mask.map((row) => [...Array<number>(tokens).fill(1), ...row]), cache };
  }

  private step(rows: readonly ContextRow[], { mask, cache }: Kept): Kept {
    const parents = rows.map(({ parent }) => parent as number);
    const same = parents.length === mask.length && parents.every((parent, i) => parent === i);
    return {
      rows: rows.map(({ ids }) => [ids.at(-1) as number]),
      mask: parents.map((parent) => [...(mask[parent] as number[]), 1]),
      cache: same ? cache : rowsOf(cache, parents),
    };
  }

  private async write(rows: readonly ContextRow[], { rows: read, mask, cache }: Kept) {
    const time = Math.max(...read.map(({ length }) => length));
    const ids = read.map((row) => [...Array<number>(time - row.length).fill(0), ...row]);
    const positions = mask.map((row) => {
      let count = -1;
      return row.map((one) => (one ? ++count : 1)).slice(-time);
    });
    const beside = this.besideOf(rows);
    const found = await this.run(this.writer, {
      input_ids: integers(ids),
      attention_mask: integers(mask),
      position_ids: integers(positions),
      ...beside,
      ...cache,
    });
    const next = cacheFeeds(this.session(this.writer), found, rows.length);
    this.kept = { rows: rows.map((row) => row.ids), mask, cache: next };
    return lastLogits(found.logits, this.vocabularySize);
  }

  /** What each row is read beside, as a batch; shorter memories are padded. */
  private besideOf(rows: readonly ContextRow[]): Feeds {
    const parts = rows.map(({ source }) => this.beside.get(source) as Feeds);
    const [first] = parts as [Feeds];
    const feeds: Feeds = {};
    for (const name of Object.keys(first)) {
      const tensors = parts.map((part) => part[name] as ort.Tensor);
      const longest = tensors.reduce((a, b) => ((a.dims[1] ?? 0) >= (b.dims[1] ?? 0) ? a : b));
      const size = longest.size;
      const data = new Float32Array(rows.length * size);
      for (const [row, tensor] of tensors.entries()) data.set(floats(tensor), row * size);
      feeds[name] = new ort.Tensor('float32', data, [rows.length, ...longest.dims.slice(1)]);
      if (name !== 'encoder_hidden_states') continue;
      const time = longest.dims[1] as number;
      feeds.encoder_attention_mask = integers(
        tensors.map(({ dims }) => Array.from({ length: time }, (_, i) => Number(i < (dims[1] as number)))),
      );
    }
    return feeds;
  }
}
