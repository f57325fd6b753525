/** The registry: adding a service is one import and one line here. */
import { credentials } from './credentials/index.ts';
import type { Service } from './define.ts';
import { vehicles } from './vehicles/index.ts';

export const services: readonly Service[] = [vehicles, credentials];
