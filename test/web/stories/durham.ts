/** Who gives commands at Durham's table, and what the table decides. */
import { chiefExecutive, financeOfficer, secretariat } from '../../../src/demo/seed/types.js';
import { carriedBy, type Allowed } from './carried.js';
import type { Teller } from './story.js';

export const lead = secretariat('durham');
export const chair = chiefExecutive('chair', 'durham', 'durham-county-council');
/** As the chair before there was one. */
export const council = chiefExecutive('seat-holder', 'durham', 'durham-county-council');
export const trust = chiefExecutive('seat-holder', 'durham', 'county-durham-pct');
export const police = chiefExecutive('seat-holder', 'durham', 'durham-police-authority');
export const councilFinance = financeOfficer('durham-county-council');
export const trustFinance = financeOfficer('county-durham-pct');

/** A decision that allows this and was carried; its id. */
export const carried = (teller: Pick<Teller, 'now' | 'prepared'>, ...authorises: Allowed[]) =>
  carriedBy({ placeId: 'durham', lead, chair, others: [trust, police] }, teller, ...authorises);
