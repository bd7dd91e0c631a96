/**
 * @file Typed emitters of ONNX nodes, with the local simplifications that automatic differentiation calls for:
 * products with ones, sums with zeros, reshapes of reshapes, transposes that cancel, broadcasts that the next
 * operation would make anyway. Each returns a `Value`; none changes what is computed but for the sign of zero.
 */
export * from './elementwise';
export * from './movement';
export * from './products';
export * from './reductions';
