export { type TextPiece, type TextSource, textSource } from './text-source';
export { TokenStream, type TokenStreamOptions } from './token-stream';
