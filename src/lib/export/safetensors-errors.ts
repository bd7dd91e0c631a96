/**
 * @file What can be wrong with a safetensors file: one class a fault, named as in the reference
 * implementation (`SafeTensorError` of `tensor.rs`), and two of our own. Each message names the file, the
 * tensor, what was expected and what was found.
 */
import { InputError } from '../errors';

/** Any fault of a safetensors file, or of tensors that cannot be written as one. */
export class SafetensorsError extends InputError {
  constructor(file: string, what: string, options?: ErrorOptions) {
    super(`${file}: ${what}`, options);
    this.name = new.target.name;
  }
}

/** The file is shorter than the 8 bytes that hold the header's length. */
export class HeaderTooSmall extends SafetensorsError {}
/** The header is declared, or would be, longer than 100,000,000 bytes. */
export class HeaderTooLarge extends SafetensorsError {}
/** The header is declared longer than the file. */
export class InvalidHeaderLength extends SafetensorsError {}
/** The header is not UTF-8. */
export class InvalidHeader extends SafetensorsError {}
/** The header is not JSON, or not the JSON of this format. */
export class InvalidHeaderDeserialization extends SafetensorsError {}
/** A name stands twice in the header; `JSON.parse` would silently keep the last. */
export class DuplicateKey extends InvalidHeaderDeserialization {}
/** The tensors' byte ranges leave a hole, overlap, or run backwards. */
export class InvalidOffset extends SafetensorsError {}
/** A size is beyond what can be counted: 2^64 as in the reference, and for offsets and axes 2^53 − 1. */
export class ValidationOverflow extends SafetensorsError {}
/** A tensor of 4- or 6-bit numbers does not end at a byte. */
export class MisalignedSlice extends SafetensorsError {}
/** A tensor's byte range is not as long as its shape and dtype say. */
export class TensorInvalidInfo extends SafetensorsError {}
/** The file does not end where its last tensor does. */
export class MetadataIncompleteBuffer extends SafetensorsError {}
/** The file holds no tensor of that name. */
export class TensorNotFound extends SafetensorsError {}
/** A tensor that cannot be written: wrong kind or length of `data`, a bad shape, a reserved or broken name. */
export class InvalidTensor extends SafetensorsError {}
