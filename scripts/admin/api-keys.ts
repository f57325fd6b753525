/** API keys of applications. */
import { type Commands, list, seconds } from './command.ts';

export const API_KEYS: Commands = {
  keys: { usage: 'keys', does: 'list API keys', min: 0, run: () => ({ path: '/v1/admin/api-keys' }) },
  'issue-key': {
    usage: 'issue-key ID LABEL --scopes vehicles/*,… [--per-minute N] [--until DATE]',
    does: 'issue an API key; it is shown once',
    min: 2,
    run: ([id, label], { scopes, until, 'per-minute': perMinute }) => ({
      method: 'POST',
      path: '/v1/admin/api-keys',
      body: {
        organisation: id,
        label,
        scopes: list(scopes),
        ...(typeof perMinute === 'string' && { perMinute: Number(perMinute) }),
        ...(typeof until === 'string' && { expiresAtSec: seconds(until) }),
      },
    }),
  },
  'revoke-key': {
    usage: 'revoke-key PREFIX',
    does: 'revoke an API key at once',
    min: 1,
    run: ([prefix]) => ({ method: 'DELETE', path: `/v1/admin/api-keys/${prefix}` }),
  },
};
