import { useName } from '../lib/organisations.ts';

/** An organisation by its name. */
export function Organisation({ id }: { id: string }) {
  return <>{useName(id)}</>;
}
