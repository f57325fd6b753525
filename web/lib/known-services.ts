/** The services this build of the pages knows, for their checks and words. */
import { services } from '../../server/services/index.ts';

export function knownServices() {
  return services;
}
