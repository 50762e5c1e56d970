// The package ships no types. The main entry draws Math.random when it is imported, so only Alea's own file is used.
declare module 'seedrandom/lib/alea.js' {
  interface Alea {
    /** A number in [0, 1) with 32 random bits. */
    (): number;
  }
  export default function alea(seed: string): Alea;
}
