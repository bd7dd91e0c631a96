/**
 * @file Low-rank adaptation (Hu et al. 2021): beside a frozen projection W a product of two narrow matrices learns,
 *
 *     y = W·x + b + (α/r)·B·A·dropout(x),   A [r, in], B [out, r]
 *
 * B begins at 0, so that training starts from the network as it was; A is uniform within ±1/√in, as in Python `peft`.
 * Afterwards W + (α/r)·B·A is one matrix again and costs nothing more. Left out: adapters of embeddings and convolutions.
 */
import { type RandomStream, tf } from '../engine';
import { dropout } from './dropout';
import { zeros } from './initializers';
import { affine } from './linear';
import {
  type Adapter,
  createParameters,
  type ParameterArrays,
  type ParameterScope,
  type ParameterSpecification,
  type Parameters,
} from './parameters';
import { WrappedScope } from './wrapped-scope';

export interface LowRankSettings {
  /** r: columns of B and rows of A. */
  rank: number;
  /** α: the product is scaled by α/r. */
  alpha: number;
  /** Dropout of what the adapter reads. */
  dropout: number;
}

/** A projection that is adapted: `name.weight` [out, in], or [in, out] where it is a `Conv1D`. */
export interface AdaptedProjection {
  name: string;
  inputs: number;
  outputs: number;
  /** Whether the weight is [in, out]. */
  transposed: boolean;
}

const namesOf = (projection: string) => ({
  a: `${projection}.lora_A.weight`,
  b: `${projection}.lora_B.weight`,
});

export class LowRankAdapters {
  /** `name.lora_A.weight` [r, in] and `name.lora_B.weight` [out, r] of each projection. */
  readonly parameters: Parameters;
  private readonly projections: ReadonlyMap<string, AdaptedProjection>;

  constructor(
    projections: readonly AdaptedProjection[],
    private readonly settings: LowRankSettings,
    seed: number | string,
  ) {
    this.projections = new Map(projections.map((projection) => [projection.name, projection]));
    this.parameters = createParameters(
      projections.flatMap((projection) => specificationsOf(projection, settings.rank)),
      seed,
    );
  }

  private get scale(): number {
    return this.settings.alpha / this.settings.rank;
  }

  /** `base`, with the adapters beside its projections. Dropout is on with a `random` stream. */
  scope(base: ParameterScope, random?: RandomStream): ParameterScope {
    return new AdaptedScope(base, '', (name) =>
      this.projections.has(name) ? (x) => this.added(name, x, random) : null,
    );
  }

  private added(name: string, x: tf.Tensor, random: RandomStream | undefined): tf.Tensor {
    const { a, b } = namesOf(name);
    const narrow = affine(dropout(x, this.settings.dropout, random), this.parameters.get(a), null); // [..., r]
    return tf.mul(affine(narrow, this.parameters.get(b), null), this.scale);
  }

  /** The weights of the adapted projections with (α/r)·B·A added, by name; `adapters` in place of the present ones. */
  merged(base: ParameterArrays, adapters: ParameterArrays): ParameterArrays {
    const { rank } = this.settings;
    const weights: ParameterArrays = new Map();
    for (const { name, inputs, outputs, transposed } of this.projections.values()) {
      const weight = base.get(`${name}.weight`);
      const names = namesOf(name);
      const [a, b] = [adapters.get(names.a)?.data, adapters.get(names.b)?.data];
      if (!weight || !a || !b) throw new Error(`lora: ${name} or its adapter is missing`);
      const data = Float32Array.from(weight.data, (value, place) => {
        const [row, column] = transposed
          ? [place % outputs, Math.floor(place / outputs)]
          : [Math.floor(place / inputs), place % inputs];
        let sum = 0;
        for (let k = 0; k < rank; k++)
          sum += (b[row * rank + k] as number) * (a[k * inputs + column] as number);
        return value + this.scale * sum;
      });
      weights.set(`${name}.weight`, { shape: weight.shape, data });
    }
    return weights;
  }

  dispose(): void {
    this.parameters.dispose();
  }
}

function specificationsOf(
  { name, inputs, outputs }: AdaptedProjection,
  rank: number,
): ParameterSpecification[] {
  const { a, b } = namesOf(name);
  const bound = 1 / Math.sqrt(inputs);
  return [
    {
      name: a,
      shape: [rank, inputs],
      initialize: (generator, [rows = 0, columns = 0]) =>
        Float32Array.from({ length: rows * columns }, () => (2 * generator.uniform() - 1) * bound),
    },
    { name: b, shape: [outputs, rank], initialize: zeros },
  ];
}

class AdaptedScope extends WrappedScope {
  constructor(
    base: ParameterScope,
    prefix: string,
    private readonly adapters: (name: string) => Adapter | null,
  ) {
    super(base, prefix);
  }

  protected around(base: ParameterScope, prefix: string): ParameterScope {
    return new AdaptedScope(base, prefix, this.adapters);
  }

  override adapter(name: string): Adapter | null {
    return this.adapters(this.prefix + name);
  }
}
