import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { services } from '../../server/services/index.ts';
import { libraryCards } from './library-cards/index.ts';
import { behavesAsService } from './suite.ts';

const folderOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

describe('the registry', () => {
  it('names each service once', () => {
    const ids = services.map(({ id }) => id);
    expect(new Set(ids).size).equal(ids.length);
  });

  it('gives each schema to one service', () => {
    const schemas = services.flatMap((service) => service.schemas);
    expect(new Set(schemas).size).equal(schemas.length);
  });
});

for (const service of services) behavesAsService(service, folderOf(`../../server/services/${service.id}`));
behavesAsService(libraryCards, folderOf('./library-cards'));
