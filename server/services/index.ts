/** The registry: adding a service is one import and one line here. */
import type { Service } from './define.ts';
import { vehicles } from './vehicles/index.ts';

export const services: readonly Service[] = [vehicles];
