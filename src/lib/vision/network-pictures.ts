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
