/** Names of organisations, as the ledger has them. */
import { useEffect } from 'preact/hooks';
import { askOptional } from './api.ts';
import { watched } from './store.ts';

interface Named {
  readonly organisation: string;
  readonly name: string;
}

const names = watched<ReadonlyMap<string, string>>(new Map());
let asked = 0;
/** A new organisation appears after this while. */
const FRESH_MS = 60_000;

/** The name, or the identifier while the name is not known. */
export function useName(organisation: string): string {
  useEffect(() => {
    if (Date.now() - asked < FRESH_MS) return;
    asked = Date.now();
    askOptional<{ organisations: readonly Named[] }>('/v1/organisations').then(
      (found) => found && names.set(new Map(found.organisations.map((one) => [one.organisation, one.name]))),
      () => undefined,
    );
  }, []);
  return names.use().get(organisation) ?? organisation;
}
