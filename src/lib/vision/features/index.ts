/** @file Frozen features of published networks, in the place of a vision network. */
export { featureCacheFolder } from './feature-cache';
export { FeatureModel, type FeatureModelOptions } from './feature-model';
export { FeatureStore, type FeatureStoreOptions, frozenFeatures } from './feature-store';
export { type FeaturesConfig, featuresConfigSchema, featuresNetwork } from './features-network';
