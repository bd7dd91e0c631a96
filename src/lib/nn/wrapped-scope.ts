/** @file A scope around another, which it asks for everything that it does not change; it knows the whole name it stands at. */
import type { tf } from '../engine';
import type { Adapter, ParameterScope } from './parameters';

export abstract class WrappedScope implements ParameterScope {
  /** `prefix` is what stands before the names here, a dot at its end, counted from where the wrapping began. */
  constructor(
    protected readonly base: ParameterScope,
    protected readonly prefix = '',
  ) {}

  /** The same wrapping around a narrower scope. */
  protected abstract around(base: ParameterScope, prefix: string): ParameterScope;

  get(name: string): tf.Variable {
    return this.base.get(name);
  }

  find(name: string): tf.Variable | null {
    return this.base.find(name);
  }

  scope(prefix: string): ParameterScope {
    return prefix === '' ? this : this.around(this.base.scope(prefix), `${this.prefix}${prefix}.`);
  }

  adapter(name: string): Adapter | null {
    return this.base.adapter?.(name) ?? null;
  }

  shift(name: string, ids: tf.Tensor): tf.Tensor | null {
    return this.base.shift?.(name, ids) ?? null;
  }
}
