/**
 * PooledBudget (docs/rules/pool.md): pledges under an agreement, hosted by one body, allocated and drawn
 * within purposes.
 */
import { z } from 'zod';
import { isRetired } from '../agency/state.js';
import { aggregate } from '../kernel/aggregate.js';
import { isRefusal, refuse, type Context } from '../kernel/types.js';
import { whole } from '../shared/fields.js';
import { exceeds } from '../shared/money.js';
import { held, part } from '../kernel/parts.js';
import { officerOfPlace, seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { Prose, Purposes, Sha256, idOf, Reason } from '../shared/values.js';
import {
  Agreement,
  Functions,
  LegalBasis,
  Partners,
  Years,
  initial,
  givenOf,
  present,
  committedOf,
  type PoolState,
} from './state.js';
import { command, emit, events } from './events.js';
import { aboutAgreement } from './about.js';
import { allocationCommands } from './allocations.js';
import { pledgeRef, pledgeCommands } from './pledges.js';
import { reservationCommands } from './reservations.js';
import { endsOrphan, orphanCommands } from './orphans.js';
import { yearCommands } from './year.js';
import { yearEndCommands } from './year-end.js';
import { agencyRetired, noSuchAgency } from '../shared/wording.js';
import * as wording from './wording.js';
import { longestNoticeMonths, wholeRisk } from './limits.js';

const seated = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who' } as const;
const seatedRefusal = (state: PoolState, context: Context) =>
  withdrawnRefusal(context, state.placeId) ?? seatRefusal(context, state.placeId);

/**
 * s75 pools an NHS body with a local authority for functions that must be cited; others join by another
 * route.
 */
function basisRefusal(
  data: { legalBasis: string; partners: string[]; functions?: unknown },
  context: Context,
) {
  if (data.legalBasis !== 's75') return undefined;
  const sectors = data.partners.map((id) => context.read('agency', id).state.sector);
  const ok =
    sectors.includes('nhs') &&
    sectors.includes('council') &&
    sectors.every((sector) => sector === 'nhs' || sector === 'council') &&
    data.functions;
  return ok ? undefined : refuse('LEGAL_BASIS_NOT_AVAILABLE', wording.whatSection75Pools, '/legalBasis');
}
function agencyRefusal(ids: readonly string[], context: Context) {
  for (const id of ids) {
    const agency = context.read('agency', id).state;
    if (agency.status === 'none') return refuse('AGENCY_UNKNOWN', noSuchAgency(id), '/partners');
    if (isRetired(agency, context.today)) return refuse('AGENCY_RETIRED', agencyRetired(id), '/partners');
  }
  return undefined;
}
const reductionRefusals = {
  PLEDGE_UNKNOWN: 'rule',
  REDUCTION_NOT_SIGNED_FOR: 'rule',
  NOT_A_REDUCTION: 'rule',
  PLEDGE_IN_USE: 'rule',
} as const;
/** An agreement lowers a confirmed pledge only of an agency that signs it, and not below what is in use. */
function reductionRefusal(
  state: PoolState,
  partners: Agreement['partners'],
  { pledgeId, toPence }: { pledgeId: string; toPence: number },
  path: string,
) {
  const p = part(state.pledges, pledgeId);
  if (p?.status !== 'confirmed') return refuse('PLEDGE_UNKNOWN', wording.noConfirmedPledge(p), path);
  if (!partners.includes(p.agencyId))
    return refuse('REDUCTION_NOT_SIGNED_FOR', wording.reductionsOfSignersOnly, path);
  if (exceeds(toPence, p.confirmed - 1)) return refuse('NOT_A_REDUCTION', wording.lessThanConfirmed, path);
  return exceeds(committedOf(p), toPence)
    ? refuse('PLEDGE_IN_USE', wording.pledgeInUse(committedOf(p)), path)
    : undefined;
}

const agreementOf = (state: PoolState, version: number) =>
  state.agreements.find((agreement) => agreement.version === version) ??
  refuse('AGREEMENT_UNKNOWN', 'There is no such version.', '/agreementVersion');
const hasSigned = (state: PoolState, { version }: Agreement, agencyId: string): boolean =>
  (state.signatures[version] ?? []).includes(agencyId);
/** What an agreement lowers once this agency signs it; undefined while others are still to sign. */
function reductionsWith(state: PoolState, agreement: Agreement, agencyId: string) {
  const agreed =
    agreement.partners.every((p) => p === agencyId || hasSigned(state, agreement, p)) &&
    agreement.version > (state.inForce ?? 0);
  return agreed
    ? (agreement.reductions ?? []).filter(
        ({ pledgeId, toPence }) => toPence < held(state.pledges, pledgeId).confirmed,
      )
    : undefined;
}

/** An agreement as it is proposed: its members by the names that requests and answers have. */
const { version: agreementVersion, host: hostAgencyId, ...termsOfAgreement } = Agreement.shape;
const ProposedAgreement = z.strictObject({ agreementVersion, hostAgencyId, ...termsOfAgreement });

const commands = {
  ProposePool: command(
    z.strictObject({
      name: Prose('name').meta({ label: 'Name of the pooled budget' }),
      placeId: idOf('place').meta({ label: 'Place' }),
      legalBasis: LegalBasis.meta({ label: 'What it rests on in law' }),
      partners: Partners.meta({ label: 'Partners' }),
      hostAgencyId: idOf('agency').meta({ label: 'Partner that holds the money' }),
      managerAgencyId: idOf('agency').meta({ label: 'Partner that manages it' }),
      purposes: Purposes.meta({ label: 'What it may be spent on' }),
      years: Years,
      noticeMonths: whole()
        .min(0)
        .max(longestNoticeMonths)
        .meta({ label: 'Months of notice before a partner leaves' }),
      functions: Functions.optional().meta({
        label: 'Functions that are pooled',
        hint: 'Needed under section 75.',
        when: { legalBasis: 's75' },
      }),
    }),
    {
      title: 'Propose a pooled budget',
      creates: true,
      renamed: { host: 'hostAgencyId', manager: 'managerAgencyId' },
      givenBy: ['secretariat', 'seat-holder'],
      refuses: {
        ...seated,
        LEGAL_BASIS_NOT_AVAILABLE: 'rule',
        AGENCY_UNKNOWN: 'rule',
        AGENCY_RETIRED: 'rule',
      },
      example: {
        name: 'Alcohol treatment',
        placeId: 'durham',
        legalBasis: 'aligned',
        partners: ['durham-county-council', 'county-durham-pct'],
        hostAgencyId: 'durham-county-council',
        managerAgencyId: 'durham-county-council',
        purposes: { cofog: ['07'], text: 'Treatment and prevention' },
        years: ['2009-10'],
        noticeMonths: 6,
      },
      guard: (_s, context) =>
        withdrawnRefusal(context, context.actor.place) ?? seatRefusal(context, context.actor.place),
      decide(_s, data, context) {
        const { hostAgencyId, managerAgencyId, ...terms } = data;
        const no =
          agencyRefusal([...data.partners, hostAgencyId, managerAgencyId], context) ??
          basisRefusal(data, context);
        return (
          no ?? [
            emit('PoolProposed', {
              ...terms,
              host: hostAgencyId,
              manager: managerAgencyId,
              programmeId: context.read('place', data.placeId).state.programmeId,
            }),
          ]
        );
      },
    },
  ),
  ProposeAgreement: command(ProposedAgreement, {
    title: 'Propose an agreement',
    segment: 'agreements',
    renamed: { version: 'agreementVersion', host: 'hostAgencyId' },
    givenBy: ['secretariat', 'seat-holder'],
    allowedIn: ['proposed', 'agreed', 'open'],
    refuses: {
      ...seated,
      AGREEMENT_VERSION_TAKEN: 'state',
      RISK_SHARE_NOT_100: 'rule',
      HOST_NOT_A_PARTNER: 'rule',
      AGENCY_UNKNOWN: 'rule',
      AGENCY_RETIRED: 'rule',
      LEGAL_BASIS_NOT_AVAILABLE: 'rule',
      ...reductionRefusals,
    },
    example: {
      agreementVersion: 1,
      hash: '0'.repeat(64),
      partners: ['durham-county-council', 'county-durham-pct'],
      hostAgencyId: 'durham-county-council',
      purposes: { cofog: ['07'], text: 'Treatment' },
      years: ['2009-10'],
      riskShare: [
        { agencyId: 'durham-county-council', overBp: 5000, underBp: 5000 },
        { agencyId: 'county-durham-pct', overBp: 5000, underBp: 5000 },
      ],
    },
    guard: seatedRefusal,
    decide(state, data, context) {
      const no =
        agencyRefusal(data.partners, context) ??
        basisRefusal({ legalBasis: state.legalBasis, partners: data.partners, functions: true }, context);
      if (no) return no;
      const next = state.agreements.length + 1;
      if (data.agreementVersion !== next)
        return refuse('AGREEMENT_VERSION_TAKEN', `The next version is ${next}.`, '/agreementVersion');
      if (!data.partners.includes(data.hostAgencyId))
        return refuse('HOST_NOT_A_PARTNER', 'The host is one of the partners.', '/hostAgencyId');
      const sum = (member: 'overBp' | 'underBp'): number =>
        data.riskShare.reduce((n, share) => n + share[member], 0);
      const shares = data.riskShare.map((share) => share.agencyId);
      if (
        sum('overBp') !== wholeRisk ||
        sum('underBp') !== wholeRisk ||
        new Set(shares).size < shares.length ||
        shares.some((id) => !data.partners.includes(id))
      ) {
        return refuse('RISK_SHARE_NOT_100', wording.sharesTotalTheWhole, '/riskShare');
      }
      const wrong = data.reductions
        ?.map((reduction, index) => reductionRefusal(state, data.partners, reduction, `/reductions/${index}`))
        .find((r) => r);
      const { agreementVersion: version, hostAgencyId: host, ...terms } = data;
      return wrong ?? [emit('AgreementProposed', { agreement: { ...terms, version, host } })];
    },
  }),
  SignAgreement: command(
    z.strictObject({
      agreementVersion: whole()
        .min(1)
        .meta({ field: 'part', part: 'agreement', label: 'Version of the agreement that you sign' }),
      hash: Sha256.optional()
        .describe('Of the document that is signed, to be compared with the one proposed')
        .meta({ field: 'given', label: 'Fingerprint of the agreement that you sign' }),
    }),
    {
      title: 'Sign an agreement for your agency',
      segment: 'agreement-signatures',
      freshSignIn: true,
      renamed: { version: 'agreementVersion' },
      givenBy: ['finance-officer'],
      allowedIn: ['proposed', 'agreed', 'open'],
      part: aboutAgreement,
      apart: {
        code: 'SOD_CONFLICT',
        after: ['AgreementProposed'],
        ofPart: true,
        detail: 'You proposed this version. Another finance officer of your agency signs it.',
      },
      refuses: {
        PLACE_WITHDRAWN: 'state',
        AGREEMENT_UNKNOWN: 'rule',
        AGREEMENT_DIFFERS: 'rule',
        NOT_A_PARTNER: 'who',
        AGENCY_RETIRED: 'rule',
        PLEDGE_IN_USE: 'rule',
      },
      example: { agreementVersion: 1 },
      guard(state, context, about) {
        const agreement = withdrawnRefusal(context, state.placeId) ?? agreementOf(state, Number(about));
        if (isRefusal(agreement)) return agreement;
        const { agency } = context.actor;
        if (!agreement.partners.includes(agency))
          return refuse('NOT_A_PARTNER', wording.onlyNamedPartnersSign);
        if (!officerOfPlace(context, state.placeId)) return refuse('NOT_A_PARTNER', wording.holdsNoSeat);
        if (hasSigned(state, agreement, agency)) return undefined;
        if (isRetired(context.read('agency', agency).state, context.today))
          return refuse('AGENCY_RETIRED', wording.signerRetired);
        // What was free when the reductions were proposed may be in use by now, or reduced further.
        const inUse = reductionsWith(state, agreement, agency)?.find(({ pledgeId, toPence }) =>
          exceeds(committedOf(held(state.pledges, pledgeId)), toPence),
        );
        return (
          inUse &&
          refuse(
            'PLEDGE_IN_USE',
            wording.reducedPledgeInUse(
              held(state.pledges, inUse.pledgeId),
              committedOf(held(state.pledges, inUse.pledgeId)),
            ),
            '/agreementVersion',
          )
        );
      },
      decide(state, data, context) {
        const { agreementVersion: version } = data;
        const a = agreementOf(state, version);
        if (isRefusal(a)) return a;
        const { agency } = context.actor;
        // The document itself lies elsewhere: whoever has it before them may have its hash compared.
        if (data.hash && data.hash !== a.hash)
          return refuse('AGREEMENT_DIFFERS', wording.documentDiffers, '/hash');
        if (hasSigned(state, a, agency)) return [];
        const reductions = reductionsWith(state, a, agency);
        return [
          emit('AgreementSigned', { agencyId: agency, version, agreed: reductions !== undefined }),
          ...(reductions ?? []).flatMap(({ pledgeId, toPence }) => {
            const p = held(state.pledges, pledgeId);
            const reduced = emit('PledgeReduced', {
              ...pledgeRef(p),
              fromPence: p.confirmed,
              toPence,
              reason: `By version ${version} of the agreement`,
            });
            return [reduced, ...endsOrphan(p, toPence - givenOf(state, p), 'reduced')];
          }),
        ];
      },
    },
  ),
  OpenPool: command(z.strictObject({}), {
    title: 'Open a pool',
    segment: 'opening',
    givenBy: ['chair'],
    allowedIn: ['agreed'],
    refuses: { ...seated, AGREEMENT_NOT_SIGNED: 'rule' },
    example: {},
    guard(state, context) {
      const no = seatedRefusal(state, context);
      if (no) return no;
      const open = Object.values(state.pledges).filter((p) => p.status === 'pledged').length;
      const confirmed = Object.values(state.pledges).some((p) => p.status === 'confirmed');
      if (state.partners.length < 2 || !state.partners.includes(state.host))
        return refuse('AGREEMENT_NOT_SIGNED', wording.everyPartnerSigns);
      if (open > 0) return refuse('AGREEMENT_NOT_SIGNED', wording.pledgesWait(open));
      return confirmed ? undefined : refuse('AGREEMENT_NOT_SIGNED', wording.noPledgeConfirmed);
    },
    decide: (state) => [emit('PoolOpened', { placeId: state.placeId })],
  }),
  SuspendPool: command(z.strictObject({ reason: Reason }), {
    title: 'Suspend a pool',
    segment: 'suspension',
    givenBy: ['chair'],
    allowedIn: ['open'],
    refuses: seated,
    example: { reason: 'Under audit' },
    guard: seatedRefusal,
    decide: (_s, data) => [emit('PoolSuspended', data)],
  }),
  ResumePool: command(z.strictObject({ reason: Reason }), {
    title: 'Resume a pool',
    segment: 'resumption',
    givenBy: ['chair'],
    allowedIn: ['suspended'],
    refuses: seated,
    example: { reason: 'The audit is done' },
    guard: seatedRefusal,
    decide: (_s, data) => [emit('PoolResumed', data)],
  }),
  ClosePool: command(z.strictObject({ reason: Reason }), {
    title: 'Close a pool',
    segment: 'closure',
    givenBy: ['chair'],
    allowedIn: ['proposed', 'agreed', 'open', 'suspended'],
    refuses: { ...seated, POOL_NOT_SETTLED: 'rule' },
    example: { reason: 'The programme has ended' },
    guard(state, context) {
      const no = seatedRefusal(state, context);
      if (no) return no;
      const live = Object.values(state.pledges).some((p) => p.allocated > p.drawn || p.reserved > 0);
      const balance = Object.values(state.pledges).some((p) => p.paidIn > p.drawn);
      if (live) return refuse('POOL_NOT_SETTLED', wording.moneyStillHeld);
      return balance ? refuse('POOL_NOT_SETTLED', wording.cashStillHeld) : undefined;
    },
    decide: (_s, data) => [emit('PoolClosed', data)],
  }),
  ...pledgeCommands,
  ...allocationCommands,
  ...reservationCommands,
  ...yearCommands,
  ...yearEndCommands,
  ...orphanCommands,
};

export const pool = aggregate<PoolState>()({
  name: 'pool',
  collection: 'pools',
  initial,
  present,
  title: (state) => state.name,
  events,
  commands,
  correctable: { fields: { name: Prose('name') }, labels: { name: 'Its name' }, givenBy: ['secretariat'] },
});
