/** The two functions of snarkjs that are used; the package brings no types. */
declare module 'snarkjs' {
  import type { CircuitInputs, GrothProof } from '../../server/services/voting/ballot.ts';
  export const groth16: {
    fullProve(
      inputs: CircuitInputs,
      wasm: Uint8Array,
      zkey: Uint8Array,
      logger?: undefined,
      witnessOptions?: undefined,
      proverOptions?: { singleThread: boolean },
    ): Promise<{ proof: GrothProof; publicSignals: string[] }>;
    verify(key: unknown, publicSignals: readonly string[], proof: GrothProof): Promise<boolean>;
  };
}
