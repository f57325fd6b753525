/** Where schemathesis is, which tests the API from its description: $SCHEMATHESIS, else on the path. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export function findSchemathesis(): string | undefined {
  const { SCHEMATHESIS, PATH = '' } = process.env;
  const places = PATH.split(delimiter).map((folder) => join(folder, 'schemathesis'));
  return [...(SCHEMATHESIS ? [SCHEMATHESIS] : []), ...places].find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
