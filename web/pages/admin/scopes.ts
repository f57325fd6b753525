/** Kinds of organisations, and what they can be accredited for. */
export const KINDS = ['city', 'public-body', 'company', 'association'] as const;

export const SCOPES = [
  'voting',
  'vehicles',
  'vehicles.purchase.1',
  'vehicles.inspection.1',
  'vehicles.sale.1',
  'credentials',
  'credentials.residence.1',
  'credentials.course.1',
  'credentials.employment.1',
] as const;
