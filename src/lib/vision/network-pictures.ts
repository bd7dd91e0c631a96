/** @file The store whose pictures a network takes: of its size, prepared as its training pictures were; or features. */
import { FeatureStore } from './features/feature-store';
import type { VisionNetwork } from './network';
import { PictureStore, type PictureStoreOptions } from './picture-store';

export function pictureStoreFor(
  { config, imageSize, preprocessing }: Pick<VisionNetwork, 'config' | 'imageSize' | 'preprocessing'>,
  options: Omit<PictureStoreOptions, 'size' | 'preprocessing'> = {},
): PictureStore {
  if (config.modelType === 'features') return new FeatureStore(config, options);
  return new PictureStore({ ...options, size: imageSize, preprocessing });
}

/** Shape of what the network takes for one picture: pixels [S, S, 3], or features [1 + P, D]. */
export function pictureShape({ config, imageSize, patchCount, width }: VisionNetwork): number[] {
  return config.modelType === 'features' ? [1 + patchCount, width] : [imageSize, imageSize, 3];
}
