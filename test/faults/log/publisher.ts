/**
 * The process that is killed: a log that grows by a few leaves and publishes, for ever. Its leaves follow from their index, as those of
 * a chain do. Argument: JSON of {folder, witnesses, threshold}; every published size is a line on stdout.
 */
import { openLog, type WitnessEndpoint } from '../../../server/log/log.ts';
import { LOG_KEY, leavesOf } from '../../helpers/log.ts';

const { folder, witnesses, threshold } = JSON.parse(process.argv[2]!) as {
  folder: string;
  witnesses: readonly WitnessEndpoint[];
  threshold: number;
};
const leaves = leavesOf(1500);
const log = await openLog({ folder, key: LOG_KEY, witnesses, threshold });
console.log(`open ${log.size}`);
for (let n = 0; log.size < leaves.length; n++) {
  await log.append(log.size, leaves.slice(log.size, log.size + 1 + ((n * 7) % 60)));
  const { size, complete } = await log.publish();
  if (complete) console.log(`published ${size}`);
}
