export { deriveKeys, type Keys, randomBits, uniforms } from './counter';
export { Generator } from './generator';
