/** What commands on accounts say where they refuse: a sentence each, of what a reader has to know. */
import { grantName, type Grant } from '../shared/access.js';
import { countOf } from '../shared/wording.js';
import { longDate } from '../shared/values.js';
import { firstAdministrators, invitationDays, longestGrantYears, mostGrants } from './limits.js';
import { nameOf } from '../kernel/naming.js';

export const noSuchGrant = 'This account has no grant with this id.';
export const grantExists = 'There is a grant with this id. Choose another.';
export const heldAlready = (grant: Grant, until: string): string =>
  `The account holds the grant ${nameOf.grant(grantName(grant))} until ${longDate(until)}, or it is ` +
  `asked for. Ask for it anew ` +
  `when it ` +
  'has ended, or with a later last day.';
/** `part`: what a grant of the role names, or may not name. */
export const scopeLacks = (part: string): string => `Choose the ${part} that the role is held for.`;
export const scopeHasTooMuch = (part: string): string =>
  `Leave this empty: the role is not held for ${part === 'agency' ? 'an agency' : `a ${part}`}.`;
export const scopeDoesNotFit =
  'Choose what the role is held for, and nothing else: a seat-holder, chair or contributor a place and an ' +
  'agency, a secretariat, champion or member a place, a finance officer or official an agency, treasury, ' +
  'programme office and access administrator a programme, an auditor a programme or a place.';
export const unknownScope = (what: string, id: string): string =>
  `There is no ${what} ${id}. Choose one that is recorded.`;
export const otherProgramme =
  'This grant is of another programme. An administrator of that programme asks for it and approves it.';
export const tooLong = `A grant lasts ${countOf(longestGrantYears, 'year')} at most.`;
export const untilInPast = 'The last day of a grant must be today or later.';
export const tooMany = `An account has ${mostGrants} grants at most, those that ended among them.`;
export const tableRolesOnly =
  'A secretariat invites to its own place’s table, and asks for the roles of that table only. Ask an ' +
  'access ' +
  'administrator for others.';
export const secondPerson =
  'Whoever asks for a grant, whoever approves it and whoever gets it are three people. Ask another ' +
  'administrator or the programme office.';
export const notForOneself = 'Nobody asks for a grant for themselves. Ask an access administrator.';
export const conflicts = (wanted: Grant, held: Grant): string =>
  `Nobody may hold the grants ${nameOf.grant(grantName(wanted))} and ${nameOf.grant(grantName(held))}. ` +
  `Revoke one of them first.`;
export const notRequested = 'This grant is not waiting for a second person.';
export const notInForce = 'This grant is not in force: there is nothing to revoke.';
export const lastOfItsKind = (grant: Grant): string =>
  `Nobody else holds the grant ${nameOf.grant(grantName(grant))}. Let somebody else have it first, or ` +
  `enter although: why it ends ` +
  'nevertheless.';
export const lastCertifier =
  'Returns or pledges of this agency wait for a finance officer, and nobody else is one. Let somebody else ' +
  'have the grant first.';
export const auditorProtected =
  'An audit case of this account is open on those you act for. Its auditor keeps their grants until it is ' +
  'closed.';
export const invitationNotValid =
  'This invitation is not valid any more: it was used, replaced, or is older than ' +
  `${invitationDays} days. Ask whoever invited you for a new one.`;
export const subjectBound =
  'You have an account already, under which you are signed in. Ask an access administrator whether it ' +
  'should ' +
  'have more grants.';
export const nothingOffered = 'Nobody has offered this account to another subject.';
export const bootstrapped = (programmeId: string): string =>
  `The programme ${programmeId} has its ${firstAdministrators} first access administrators. They invite ` +
  `all others.`;
export const otherPersonReinstates = 'Somebody else than who suspended the account reinstates it.';
export const notYourAccount = 'Only whoever holds the account does this.';
export const noCalendarAddress = 'This account has no address of its calendar. There is nothing to withdraw.';
