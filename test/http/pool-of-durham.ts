/** A pool in Durham as somebody of it proposes it: nobody outside the place sees it until it is opened to them. */
export const poolOfDurham = (id: string, name: string) => ({
  id,
  name,
  placeId: 'durham',
  legalBasis: 'aligned',
  partners: ['durham-county-council', 'county-durham-pct'],
  hostAgencyId: 'durham-county-council',
  managerAgencyId: 'durham-county-council',
  purposes: { cofog: ['07'], text: 'Therapies' },
  years: ['2009-10'],
  noticeMonths: 6,
});
