/** @file Loads every compiled kernel; each file registers its own. */
import './arithmetic';
import './blocks';
import './convolution';
import './depthwise';
import './dilation';
import './filling';
import './fused';
import './image';
import './indexing';
import './matrix-product';
import './normalization';
import './pooling';
import './reduction';
import './resize';
import './shape';
import './transform';
import './unary';

export { compiledKernel, compiledKernelNames } from './kernel';
