/** What commands of several records say where they refuse: a sentence each, of what a reader has to know. */
import { nameOf } from '../kernel/naming.js';

/** A number with what it counts: "1 seat", "2 seats". */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

export const noSuchAgency = (agencyId: string): string =>
  `There is no agency ${agencyId}. Register it first.`;
export const agencyRetired = (agencyId: string): string => `${nameOf.agency(agencyId)} is retired.`;
export const placeNotEnrolled = 'This place is not enrolled in the programme.';
/** `command`: with its record's kind, `pool.Vire`. */
export const needsDecision = (command: string, record: string): string =>
  `This needs a carried decision of the place that authorises ${nameOf.command(command)} on ` +
  `${nameOf.record(record)} on ` +
  `exactly these ` +
  'terms.';
export const decisionUsed = 'This decision was acted on already. A decision authorises once.';
/** `rule`: what it says. */
export const waiverNotInForce = (rule: string, record: string): string =>
  `This waiver is not in force for the rule “${rule}” on ${nameOf.record(record)}. Request one, or leave ` +
  `waiverId out.`;
export const onlyTheChair =
  'Only the chair of this collaborative can do this. The chair is appointed in the collaborative.';
export const onlySeatHolders =
  'Only the holder of your agency’s seat, or their delegate, can do this. Accept the seat in the ' +
  'collaborative first.';
export const placeWithdrawn =
  'This place was withdrawn from the programme. Nothing new can be recorded for it.';
export const registeredElsewhere = (programmeId: string): string =>
  `The programme ${nameOf.record(`programme-${programmeId}`)} registered this and keeps its record. Ask ` +
  `its programme office.`;
