/** @file Loads every compiled kernel; each file registers its own. */
import './arithmetic';
import './convolution';
import './indexing';
import './matrix-product';
import './pooling';
import './reduction';
import './shape';
import './unary';

export { compiledKernel, compiledKernelNames } from './kernel';
