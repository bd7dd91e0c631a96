/** @file How a tfjs kernel is given its compiled form: a function from graph values to graph values. */
import * as tf from '@tensorflow/tfjs-core';
import type { Graph, Value } from '../graph/graph';
import { RECORDING_BACKEND, type RecordingBackend } from '../trace/recording-backend';

export interface KernelContext {
  graph: Graph;
  /** The kernel's inputs by tfjs's names (`a`, `b`, `x`, …). Throws where one is missing. */
  input(name: string): Value;
  /** An input that the kernel can do without, or `null`. */
  optionalInput(name: string): Value | null;
  /** All inputs in order, for kernels that take a list. */
  inputs: Value[];
  /** tfjs's attributes, as the kernel's own interface types them. */
  attributes: Record<string, unknown>;
}

export type CompiledKernel = (context: KernelContext) => Value | Value[];

const compiledKernels = new Map<string, CompiledKernel>();

/** Registers the compiled form of a tfjs kernel. */
export function defineKernel(kernelName: string, compiled: CompiledKernel): void {
  compiledKernels.set(kernelName, compiled);
  tf.registerKernel({
    kernelName,
    backendName: RECORDING_BACKEND,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const recording = backend as RecordingBackend;
      const named = (inputs ?? {}) as Record<string, tf.TensorInfo>;
      const present = Object.entries(named).filter(([, tensor]) => tensor != null);
      const values = new Map(present.map(([name, tensor]) => [name, recording.graphValue(tensor)]));
      const result = compiled({
        graph: recording.currentGraph,
        inputs: [...values.values()],
        attributes: (attrs ?? {}) as Record<string, unknown>,
        optionalInput: (name) => values.get(name) ?? null,
        input: (name) => {
          const value = values.get(name);
          if (!value) throw new Error(`${kernelName}: the input ${name} is missing`);
          return value;
        },
      });
      return Array.isArray(result)
        ? result.map((value) => recording.tensorInfo(value))
        : recording.tensorInfo(result);
    },
  });
}

/** The compiled form of a kernel, for kernels that are tried by name. */
export function compiledKernel(kernelName: string): CompiledKernel | undefined {
  return compiledKernels.get(kernelName);
}

export function compiledKernelNames(): string[] {
  return [...compiledKernels.keys()].sort();
}
