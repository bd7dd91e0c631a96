/**
 * @file Writes docs/kernels.md: every kernel of tfjs `cpu` and every other that tfjs has a gradient for, with
 * whether it compiles and, where it cannot, why. `node dist/scripts/kernel-table.js`; a test compares.
 */
import { writeFileSync } from 'node:fs';
import { compiledKernelNames, tf } from '../src/lib/engine';
import { refusedKernels } from '../src/lib/engine/kernels/refused';
import { inProject } from './parts/project';

/** tfjs exports each kernel's name as a constant of that name (`_FusedMatMul` as well). */
function namedByTfjs(): string[] {
  return Object.entries(tf).flatMap(([key, value]) => (value === key ? [value] : []));
}

export function kernelTable(): string {
  const onCpu = new Set(tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName));
  const differentiable = new Set(namedByTfjs().filter((name) => tf.getGradient(name)));
  const compiled = new Set(compiledKernelNames());
  const names = [...new Set([...onCpu, ...differentiable])].sort();
  const rows = names.map((name) => {
    const state = compiled.has(name)
      ? 'compiled'
      : name in refusedKernels
        ? `cannot be: ${refusedKernels[name]}`
        : 'not yet';
    return `| \`${name}\` | ${state} | ${differentiable.has(name) ? 'yes' : ''} |`;
  });
  const count = names.filter((name) => compiled.has(name)).length;
  return `# Kernels that compile

Written by \`scripts/kernel-table.ts\`; a test compares it with the engine. Of the ${names.length} kernels that
tfjs ${tf.version_core} has on its \`cpu\` backend or has a gradient for, ${count} have a compiled form. Each of
those is tested against tfjs \`cpu\`, and its gradient against finite differences (\`tests/engine/kernels\`).

Compiled functions differ from tfjs \`cpu\` on purpose, or because ONNX Runtime does, in these points:

- Sums and products of truth values are int32, not bool.
- The sign of NaN is NaN (tfjs: 0), and \`step\` of NaN is 0 (tfjs: NaN); a maximum over an axis may pass over NaN.
- A cast of NaN, or of a number out of range, to int32 is undefined.
- The gradients of average pooling at a padded edge, of \`resizeBilinear\` on pictures that are not square and of
  \`resizeNearestNeighbor\` are the true ones; tfjs's are not.
- \`transform\` moves every picture of the batch; tfjs \`cpu\` moves the first.

The engine also mends gradients that tfjs lacks or has wrong, for compiled and eager functions alike
(\`src/lib/engine/gradients.ts\`). "Gradient" says whether a kernel has one.

| kernel | state | gradient |
| --- | --- | --- |
${rows.join('\n')}
`;
}

if (require.main === module) writeFileSync(inProject('docs/kernels.md'), kernelTable());
