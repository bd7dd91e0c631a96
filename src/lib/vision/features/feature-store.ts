/**
 * @file A store that gives the features of a picture in the place of its pixels. What is cached on disk is read; what
 * is not is computed, once, also where several batches ask for it at the same time; the model is loaded when the first
 * picture needs it. A picture that a control spoils (blank, noise, …) is spoiled as pixels, before the network.
 */
import { readFile } from 'node:fs/promises';
import { InputError } from '../../errors';
import { decodePixels, toUnit } from '../picture';
import { type PictureChange, PictureStore, type PictureStoreOptions } from '../picture-store';
import { contentHash, FeatureCache, featureCacheFolder } from './feature-cache';
import { FeatureModel } from './feature-model';
import type { FeaturesConfig } from './features-network';

export interface FeatureStoreOptions extends Omit<PictureStoreOptions, 'size' | 'preprocessing'> {
  /** Folder of the cache on disk; default `featureCacheFolder()`. */
  cache?: string;
  /** The loaded model, where there is one already. */
  model?: FeatureModel;
}

export class FeatureStore extends PictureStore {
  private readonly cache: FeatureCache;
  private readonly size: number;
  private readonly room: number;
  private model: Promise<FeatureModel> | null;
  /** By path; insertion order is the order of last use. */
  private readonly held = new Map<string, Promise<Float32Array>>();
  private readonly busy = new Map<string, Promise<Float32Array>>();

  constructor(
    private readonly features: FeaturesConfig,
    { cache = featureCacheFolder(), model, ...options }: FeatureStoreOptions = {},
  ) {
    const { imageSize, preprocessing, modelHash, patchCount, width } = features;
    super({ ...options, size: imageSize, preprocessing });
    this.size = (patchCount + 1) * width;
    this.room = Math.max(1, Math.floor((options.memoryBytes ?? 512 * 2 ** 20) / (this.size * 4)));
    this.cache = new FeatureCache(cache, modelHash, this.size);
    this.model = model ? Promise.resolve(model) : null;
  }

  override get shape(): number[] {
    return [this.features.patchCount + 1, this.features.width];
  }

  /** float32 [1 + P, D] of one file: the pooled state, then the patches; do not write into it. */
  featuresOf(path: string): Promise<Float32Array> {
    const held = this.held.get(path);
    const features = held ?? this.ofFile(path);
    if (held) this.held.delete(path);
    else features.catch(() => this.held.delete(path));
    this.held.set(path, features);
    for (const oldest of this.held.keys()) {
      if (this.held.size <= this.room) break;
      this.held.delete(oldest);
    }
    return features;
  }

  override prefetch(paths: readonly (string | null)[]): void {
    for (const path of paths) if (path !== null) this.featuresOf(path).catch(() => undefined);
  }

  protected override async fillRow(
    path: string | null,
    row: Float32Array,
    change: PictureChange | null,
  ): Promise<void> {
    if (change) {
      const picture = new Float32Array(this.height * this.width * 3);
      if (path !== null) toUnit(await this.pixels(path), picture, 0);
      change(picture);
      const key = contentHash(new Uint8Array(picture.buffer));
      row.set(await this.known(key, async () => picture));
    } else if (path === null) row.fill(0);
    else row.set(await this.featuresOf(path));
  }

  private async ofFile(path: string): Promise<Float32Array> {
    const bytes = await readFile(path).catch(() => null);
    // A file that cannot be read is refused with the words of all others.
    if (bytes === null) return decodePixels(path).then(() => new Float32Array(this.size));
    return this.known(contentHash(bytes), async () => {
      const picture = new Float32Array(this.height * this.width * 3);
      toUnit(await this.pixels(path), picture, 0);
      return picture;
    });
  }

  /** Cached, being computed, or computed now. */
  private known(key: string, picture: () => Promise<Float32Array>): Promise<Float32Array> {
    const busy = this.busy.get(key);
    if (busy) return busy;
    const result = (async () => {
      const cached = await this.cache.read(key);
      if (cached) return cached;
      const features = await (await this.loaded()).features(await picture());
      await this.cache.write(key, features);
      return features;
    })().finally(() => this.busy.delete(key));
    this.busy.set(key, result);
    return result;
  }

  private loaded(): Promise<FeatureModel> {
    const { model, modelHash } = this.features;
    this.model ??= FeatureModel.load(model).then((loaded) => {
      if (loaded.config.modelHash === modelHash) return loaded;
      throw new InputError(
        `${model}: is not the model whose features were learned from (SHA-256 ${loaded.config.modelHash.slice(0, 12)}…, expected ${modelHash.slice(0, 12)}…); bring the former back, or train anew`,
      );
    });
    return this.model;
  }
}

/**
 * Features of a frozen network: `{ model: folder or "hub:NAME@REVISION" }`. `store.batch(paths)` gives [B, 1 + P, D],
 * each the pooled state and then the patches; `config` is a vision network's (`modelType: "features"`), to be trained
 * on. Throws as `FeatureModel.load`.
 */
export async function frozenFeatures({
  model,
  ...options
}: { model: string } & Omit<FeatureStoreOptions, 'model'>): Promise<{
  config: FeaturesConfig;
  store: FeatureStore;
}> {
  const loaded = await FeatureModel.load(model);
  return { config: loaded.config, store: new FeatureStore(loaded.config, { ...options, model: loaded }) };
}
