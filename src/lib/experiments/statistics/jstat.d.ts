/** @file The part of jstat's interface that we use; the package ships no types. */
declare module 'jstat' {
  export const jStat: {
    normal: {
      inv(p: number, mean: number, deviation: number): number;
      cdf(x: number, mean: number, deviation: number): number;
    };
  };
}
