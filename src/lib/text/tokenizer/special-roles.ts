/**
 * @file Which token plays which part: `pad_token`, `cls_token`, … of `tokenizer_config.json`, else of
 * `special_tokens_map.json`, else the usual spellings among the added tokens.
 */
import type { AddedToken } from './added-tokens';

/** The parts, as the files name them, with the spellings that are known without being told. */
export const ROLES = {
  pad_token: ['[PAD]', '<pad>', '<|pad|>'],
  unk_token: ['[UNK]', '<unk>'],
  cls_token: ['[CLS]'],
  sep_token: ['[SEP]'],
  mask_token: ['[MASK]', '<mask>'],
  bos_token: ['<s>', '<|endoftext|>'],
  eos_token: ['</s>', '<|endoftext|>'],
} as const;

export type Role = keyof typeof ROLES;

/** The token of each part that is played. `files`: parsed JSON, the first one that tells wins. */
export function rolesOf(files: readonly unknown[], added: readonly AddedToken[]): Map<Role, string> {
  const roles = new Map<Role, string>();
  const special = new Set(added.filter((token) => token.special).map((token) => token.content));
  for (const role of Object.keys(ROLES) as Role[]) {
    const told = files.map((file) => contentOf((file as Record<string, unknown> | null)?.[role]));
    // A BERT has no beginning and end but [CLS] and [SEP]: spellings are guessed only among the tokens there are.
    const token = told.find((name) => name !== null) ?? ROLES[role].find((name) => special.has(name));
    if (token !== undefined && token !== null) roles.set(role, token);
  }
  return roles;
}

/** A token is written as its text, or as an object with `content`. */
function contentOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  const content = (value as { content?: unknown } | null | undefined)?.content;
  return typeof content === 'string' ? content : null;
}
