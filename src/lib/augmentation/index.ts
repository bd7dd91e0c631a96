/** @file Augmentation: training records changed in each epoch, never so that their answer would be untrue. */
export { type AugmentationOptions, AugmentedSource } from './augmented-source';
export { type AugmentationConfig, augmentationConfigSchema, changesPictures } from './config';
export { type EntityNames, entityNames, exchangeEntities } from './entity-exchange';
export { recordTexts, type WordKind, wordKinds } from './label-words';
export { mirroredRecord, mirroredText } from './mirrored';
export { changePicture, drawPictureChange, type PictureChange } from './pictures';
export { rewriteRecord } from './rewrite-record';
export { type Rewriting, rewriteText } from './rewriting';
export { BUILT_IN_SYNONYMS, readSynonyms, type Synonyms } from './synonyms';
