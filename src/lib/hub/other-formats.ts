/**
 * @file What a folder may hold instead of safetensors weights, and how to make of it what can be loaded: pickled
 * PyTorch files run code when they are opened and are not read here; TensorFlow's and Flax's need their library.
 * Adapters (LoRA, …) are differences to a network that is somewhere else.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors';

const WEIGHTS = /^model\.safetensors(\.index\.json)?$/;

const FORMATS: { files: RegExp; name: string; argument: string; old: boolean }[] = [
  {
    files: /^pytorch_model.*\.bin(\.index\.json)?$/,
    name: 'pickled PyTorch weights',
    argument: '',
    old: false,
  },
  { files: /\.h5$/, name: 'TensorFlow weights', argument: ', from_tf=True', old: true },
  { files: /\.msgpack$/, name: 'Flax weights', argument: ', from_flax=True', old: true },
  { files: /\.ckpt(\..*)?$/, name: 'a TensorFlow checkpoint', argument: ', from_tf=True', old: true },
];

/** Throws an `InputError` where `names`, the files of `place`, hold no safetensors weights, saying what to do. */
export function refuseOtherFormats(
  names: readonly string[],
  place: string,
  options: { architecture?: unknown; source?: string } = {},
): void {
  if (names.includes('adapter_config.json')) {
    throw new InputError(
      `${place}: adapter_config.json: an adapter cannot be loaded by itself; merge it in Python with peft ` +
        "(model.merge_and_unload().save_pretrained('merged')) and load that folder",
    );
  }
  if (names.some((name) => WEIGHTS.test(name))) return;
  for (const { files, name, argument, old } of FORMATS) {
    const found = names.find((file) => files.test(file));
    if (!found) continue;
    throw new InputError(
      `${place}: ${found}: ${name} cannot be read here, only model.safetensors. Convert it in Python` +
        `${old ? ' (pip install "transformers<5", and TensorFlow or Flax)' : ' (pip install transformers torch)'}:\n  ` +
        `${conversionLine(options.source ?? place, options.architecture, argument)}\nand load the folder converted`,
    );
  }
  throw new InputError(
    `${place}: expected model.safetensors or model.safetensors.index.json, found ${names.length > 0 ? names.slice(0, 8).join(', ') : 'nothing'}`,
  );
}

/** One line for a shell that writes `converted/` with safetensors weights and the tokenizer. */
export function conversionLine(source: string, architecture: unknown, argument = ''): string {
  const known = typeof architecture === 'string' && /^[A-Za-z0-9]+$/.test(architecture);
  const model = known ? architecture : 'AutoModel';
  return pythonLine(
    source,
    `t.${model}.from_pretrained(s${argument}).save_pretrained('converted'); ` +
      `t.AutoTokenizer.from_pretrained(s).save_pretrained('converted')`,
  );
}

/** A line for a shell that runs `code`, in which `t` is `transformers` and `s` the text `source`. */
export function pythonLine(source: string, code: string): string {
  // First a string of Python, then what double quotes of a shell leave as it is.
  const from = source.replace(/[\\']/g, '\\$&').replace(/[\\"$`]/g, '\\$&');
  return `python -c "import transformers as t; s = '${from}'; ${code}"`;
}

/** The files of a checkpoint folder. Throws an `InputError` where there is no such folder. */
export async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const found = code === 'ENOTDIR' ? 'a file' : code === 'ENOENT' ? 'nothing' : (code ?? 'nothing');
    throw new InputError(`${folder}: expected a folder with a checkpoint, found ${found}`, { cause });
  }
}

/** Throws an `InputError` where a folder's weights are only the pointers that git leaves without git-lfs. */
export async function refusePointers(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names.filter((one) => one.endsWith('.safetensors'))) {
    const path = join(folder, name);
    const { size } = await stat(path);
    if (size < 1024 && (await readFile(path, 'latin1')).startsWith('version https://git-lfs')) {
      throw new InputError(`${path}: a pointer of git-lfs, not the weights: run git lfs pull in that folder`);
    }
  }
}
