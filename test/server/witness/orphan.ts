/** A parent for the test that kills it: starts a witness with the options of its argument and says its process id. */
import { startWitness, type WitnessOptions } from '../../../server/witness/start.ts';

const witness = await startWitness(JSON.parse(process.argv[2]!) as WitnessOptions);
console.log(witness.pid);
