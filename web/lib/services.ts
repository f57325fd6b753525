/** What the gateway offers: every service with its acts, as GET /v1/services tells. */
import type { Text, Words } from '../../server/services/define.ts';
import { askJson } from './api.ts';
import type { Schema } from './schema.ts';

export interface ActionInfo {
  readonly name: string;
  readonly summary: Text;
  readonly access: 'organisation' | 'anonymous';
  readonly input: Schema;
  readonly example?: unknown;
}

export interface ServiceInfo {
  readonly id: string;
  readonly title: Text;
  readonly summary?: Text;
  readonly schemas: readonly string[];
  readonly actions: readonly ActionInfo[];
  readonly words: Words;
}

let asked: Promise<readonly ServiceInfo[]> | undefined;

export function listServices(): Promise<readonly ServiceInfo[]> {
  asked ??= askJson<{ services: readonly ServiceInfo[] }>('/v1/services').then(
    ({ services }) => services,
    (error) => {
      asked = undefined;
      throw error;
    },
  );
  return asked;
}

export async function findAction(service: string, action: string) {
  const found = (await listServices()).find(({ id }) => id === service);
  const act = found?.actions.find(({ name }) => name === action);
  return found && act ? { service: found, action: act } : undefined;
}
