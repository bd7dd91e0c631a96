/**
 * @file In which layer of its network a parameter stands. Names say it, because they are those of the Hugging Face
 * checkpoint: `bert.encoder.layer.3.…`, `transformer.h.3.…`, `model.decoder.layers.3.…`, `cnn.blocks.1.…`. Layers are
 * counted in the order of the specifications, so an encoder's come before its decoder's.
 */

const LAYER = /^(.*?\.)?(layer|layers|h|stages|blocks)\.\d+(?=\.)/;

export interface NetworkLayers {
  /** How many layers L the network has. */
  readonly count: number;
  /** 1 … L for a parameter of a layer, 0 for what stands below (embeddings), L + 1 for what stands above. */
  readonly positions: ReadonlyMap<string, number>;
}

/**
 * @param names of all parameters of one network, in the order of its specifications.
 * @param beside names of what learns beside some of them, in the same layers.
 */
export function networkLayers(names: readonly string[], beside: readonly string[] = []): NetworkLayers {
  const keys = names.map((name) => LAYER.exec(name)?.[0] ?? null);
  const layers = [...new Set(keys.filter((key) => key !== null))];
  const last = keys.findLastIndex((key) => key !== null);
  const positions = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    const key = keys[i] ?? null;
    const above = last >= 0 && i > last ? layers.length + 1 : 0;
    positions.set(name, key === null ? above : layers.indexOf(key) + 1);
  }
  for (const name of beside) positions.set(name, layers.indexOf(LAYER.exec(name)?.[0] as string) + 1);
  return { count: layers.length, positions };
}
