/**
 * @file The parameters of a run: the model's, and those that only training knows, low-rank adapters and averages. While
 * it learns the model reads them through `scope`; when it is used (evaluated, kept) it has the weights of `whileUsed`:
 * averaged where there are averages, adapters merged. Afterwards it has its own again, to the bit.
 */
import type { RandomStream, tf } from '../engine';
import { arraysOf, LowRankAdapters, type ParameterArrays, type ParameterScope } from '../nn';
import type { GuidedModel } from '../tasks/guided-model';
import { adaptedProjections } from './adapted-projections';
import { Averages } from './averages';
import type { TrainingConfig } from './config';
import { type ParameterNames, parameterNames, unusedNames } from './parameter-names';

export class LearnedParameters {
  readonly names: ParameterNames;
  private readonly adapters: LowRankAdapters | null;
  private averages: Averages | null = null;

  /** New adapters from `seed`. Throws an `InputError` where the config's targets do not fit the network. */
  constructor(
    private readonly model: GuidedModel,
    private readonly config: Pick<TrainingConfig, 'lora' | 'ema'>,
    seed: number,
  ) {
    const { lora } = config;
    const projections = lora ? adaptedProjections(model.network.text, lora.targets, unusedNames(model)) : [];
    this.adapters = lora ? new LowRankAdapters(projections, lora, seed) : null;
    const added = this.adapters ? new Map([['lora', this.adapters.parameters.names()]]) : undefined;
    this.names = parameterNames(model, added);
  }

  /** Begins averages of these parameters, where the config wants any. */
  average(trainable: readonly string[]): void {
    const { ema } = this.config;
    if (ema === null) return;
    this.averages = new Averages(new Map(trainable.map((name) => [name, this.get(name)])), ema);
  }

  /** The parameter of that name; throws where there is none. */
  get(name: string): tf.Variable {
    return this.adapters?.parameters.find(name) ?? this.model.parameters.get(name);
  }

  /** Model and adapters, by name. */
  private learning(): [string, tf.Variable][] {
    return [...this.model.parameters.entries(), ...(this.adapters?.parameters.entries() ?? [])];
  }

  /** Everything that a step reads or changes, by the name it has in the checkpoint. */
  entries(): [string, tf.Variable][] {
    const averages = [...(this.averages?.state ?? [])];
    return [
      ...this.learning(),
      ...averages.map(([name, average]): [string, tf.Variable] => [`average.${name}`, average]),
    ];
  }

  /** What the model reads while it learns. */
  scope(random?: RandomStream): ParameterScope {
    const { parameters } = this.model;
    return this.adapters ? this.adapters.scope(parameters, random) : parameters;
  }

  /** Takes the new values into the averages: within the compiled step, after the update. */
  updateAverages(): void {
    this.averages?.update();
  }

  /** Runs `use` with the model as it will be used. */
  async whileUsed<T>(use: () => Promise<T>): Promise<T> {
    const { adapters, averages, model } = this;
    if (!adapters && !averages) return use();
    const own = await model.parameters.toArrays();
    const averaged = await arraysOf(averages?.state ?? new Map());
    const used: ParameterArrays = new Map([...averaged].filter(([name]) => own.has(name)));
    if (adapters) {
      const beside = new Map([...(await adapters.parameters.toArrays()), ...averaged]);
      for (const [name, array] of adapters.merged(own, beside)) used.set(name, array);
    }
    model.parameters.load(used, { allowMissing: true });
    try {
      return await use();
    } finally {
      model.parameters.load(own);
    }
  }

  /** The first parameter whose values are not all finite, in the order of the model, and how many are so. */
  async notFinite(): Promise<{ parameter: string | null; parameters: number }> {
    const found: string[] = [];
    for (const [name, variable] of this.learning()) {
      const values = (await variable.data()) as Float32Array;
      if (!values.every(Number.isFinite)) found.push(name);
    }
    return { parameter: found[0] ?? null, parameters: found.length };
  }

  dispose(): void {
    this.adapters?.dispose();
    this.averages?.dispose();
  }
}
