/** @file Why the kernels of tfjs that have no compiled form cannot have one. */

const DATA_DEPENDENT = 'the shape of its result depends on the data, and the shapes of a graph are fixed';
const COMPLEX = 'ONNX Runtime’s operators know no complex numbers';
const TEXT = 'works on strings, which the compiled engine does not carry';

/** By kernel name. */
export const refusedKernels: Readonly<Record<string, string>> = {
  Complex: COMPLEX,
  ComplexAbs: COMPLEX,
  FFT: COMPLEX,
  IFFT: COMPLEX,
  Imag: COMPLEX,
  Real: COMPLEX,
  Draw: 'draws on an HTML canvas',
  Multinomial: 'draws random numbers in JavaScript while tracing: use an engine.RandomStream',
  NonMaxSuppressionV3: DATA_DEPENDENT,
  NonMaxSuppressionV4: DATA_DEPENDENT,
  NonMaxSuppressionV5: DATA_DEPENDENT,
  RaggedGather: DATA_DEPENDENT,
  RaggedRange: DATA_DEPENDENT,
  RaggedTensorToTensor: DATA_DEPENDENT,
  SparseFillEmptyRows: DATA_DEPENDENT,
  SparseSegmentMean: DATA_DEPENDENT,
  SparseSegmentSum: DATA_DEPENDENT,
  Unique: DATA_DEPENDENT,
  Where: DATA_DEPENDENT,
  StaticRegexReplace: TEXT,
  StringNGrams: TEXT,
  StringSplit: TEXT,
  StringToHashBucketFast: TEXT,
  BroadcastTo: 'tfjs never runs it: tf.broadcastTo is Reshape and Tile',
  LogSoftmax: 'tfjs never runs it: tf.logSoftmax is made of Max, Sub, Exp, Sum and Log',
};
