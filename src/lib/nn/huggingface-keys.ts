/**
 * @file Between our configurations (camelCase, checked by zod) and the `config.json` of Hugging Face
 * (snake_case). Keys that the network has no use for are passed over when reading; those that would change its
 * result are refused by each network itself.
 */

/** `hiddenSize` → `hidden_size`. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

/** `hidden_size` → `hiddenSize`. */
export const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, c: string) => c.toUpperCase());

/** Of a `config.json` object, the entries that our configuration knows, with our names. */
export function fromHuggingFaceKeys(
  json: Readonly<Record<string, unknown>>,
  known: readonly string[],
): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(json)) {
    const name = camelCase(key);
    if (known.includes(name)) config[name] = value;
  }
  return config;
}

/** Our configuration with Hugging Face's names. */
export function toHuggingFaceKeys(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [snakeCase(name), value]));
}
