/** @file Loads tfjs's gradients, mended, and its own CPU backend, without the advice to install another: the compiled engine is that. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
// Brings the gradients of the kernels and the chained forms (x.add(y)); its core is the one imported here.
import '@tensorflow/tfjs';
import './gradients';

const backend = tf.findBackend('cpu') as tf.KernelBackend & { firstUse: boolean };
backend.firstUse = false;
tf.setBackend('cpu');
