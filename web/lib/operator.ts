/** Who runs this gateway, as its configuration says. */
import { useEffect } from 'preact/hooks';
import type { Text } from '../../server/services/define.ts';
import { askOptional } from './api.ts';
import { watched } from './store.ts';

export interface Operator {
  readonly name: Text;
  readonly contact?: string;
}

const operator = watched<Operator>({ name: { ko: '', en: '' } });
let asked = false;

export function useOperator(): Operator {
  useEffect(() => {
    if (asked) return;
    asked = true;
    askOptional<Operator>('/v1/operator').then(
      (found) => found && operator.set(found),
      () => undefined,
    );
  }, []);
  return operator.use();
}
