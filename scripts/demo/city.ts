/** The demonstration's city: who takes part, registered and accredited, each with an API key of its own. */
import { type Client, createClient } from '../../web/lib/client/client.ts';

const ORGANISATIONS = [
  { organisation: 'policy-bureau', name: '정책소통과', kind: 'public-body', accreditations: ['voting'] },
  { organisation: 'hanbit-motors', name: '한빛모터스', kind: 'company', accreditations: ['vehicles'] },
  { organisation: 'jangan-inspection', name: '장안점검', kind: 'company', accreditations: ['vehicles'] },
  {
    organisation: 'lifelong-academy',
    name: '평생학습관',
    kind: 'public-body',
    accreditations: ['credentials'],
  },
] as const;
export type OrganisationId = (typeof ORGANISATIONS)[number]['organisation'];

export type City = Readonly<Record<OrganisationId, Client>>;

/** Registering again what is there already changes nothing. */
export async function foundCity(url: string, adminKey: string): Promise<City> {
  const admin = createClient({ url, apiKey: adminKey });
  const { organisations } = await admin.request<{ organisations: { organisation: string }[] }>(
    'GET',
    '/v1/admin/organisations',
  );
  const known = new Set(organisations.map(({ organisation }) => organisation));
  const entries = ORGANISATIONS.map(async (organisation): Promise<[OrganisationId, Client]> => {
    if (!known.has(organisation.organisation))
      await admin.request('POST', '/v1/admin/organisations', organisation);
    const { key } = await admin.request<{ key: string }>('POST', '/v1/admin/api-keys', {
      organisation: organisation.organisation,
      label: `demonstration ${new Date().toISOString()}`,
      scopes: organisation.accreditations.map((service) => `${service}/*`),
    });
    return [organisation.organisation, admin.as(key)];
  });
  return Object.fromEntries(await Promise.all(entries)) as City;
}
