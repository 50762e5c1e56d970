// The package ships no types. The main entry draws Math.random when it is imported, so only Alea's own file is used.
declare module 'seedrandom/lib/alea.js' {
  interface AleaState {
    readonly s0: number;
    readonly s1: number;
    readonly s2: number;
    readonly c: number;
  }
  interface Alea {
    /** A number in [0, 1) with 32 random bits. */
    (): number;
    /** Where the generator is; there only when asked for. */
    state(): AleaState;
  }
  export default function alea(seed: string, options?: { readonly state: true }): Alea;
}
