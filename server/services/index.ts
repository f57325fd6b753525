/** The registry: adding a service is one import and one line here. */
import { credentials } from './credentials/index.ts';
import type { Service } from './define.ts';
import { vehicles } from './vehicles/index.ts';
import { voting } from './voting/index.ts';

export const services: readonly Service[] = [voting, vehicles, credentials];
