/**
 * However commands come, and whoever gives them: nobody accepts a commitment for another agency, its baseline
 * stays, and it ends by a word.
 */
import fc from 'fast-check';
import { test } from 'tap';
import { parseGrant } from '../../src/domain/shared/access.js';
import { checkState, fittingGrants, standardRefusals, targetOf } from '../../src/domain/kernel/command.js';
import { commitment } from '../../src/domain/commitment/index.js';
import { isPromised, type CommitmentState } from '../../src/domain/commitment/state.js';
import { isRefusal, type Actor, type Context, type Loaded } from '../../src/domain/kernel/types.js';
import { emptyLoaded, fold } from '../../src/domain/kernel/fold.js';
import { aggregateNamed } from '../../src/domain/registry.js';
import { metaOf, reference } from '../domain/spec.js';

const partners = ['council', 'pct', 'police'];
const departments = ['dwp', 'dh'];
const everybody = [...partners, ...departments];
const now = '2009-09-01T09:00:00.000Z';
/**
 * Council and trust hold their seats; the police's was left; a deputy of the council's holder acts until the
 * day before.
 */
const seats = Object.fromEntries(
  partners.map((a) => [
    a,
    {
      seatId: a,
      agencyId: a,
      account: `seat-holder.${a}`,
      kind: 'voting',
      status: a === 'police' ? 'vacated' : 'accepted',
    },
  ]),
);
const delegations = [
  {
    from: 'seat-holder.council',
    to: 'deputy',
    agencyId: 'council',
    startOn: '2009-08-01',
    endOn: '2009-08-31',
  },
  { from: 'seat-holder.pct', to: 'stand-in', agencyId: 'pct', startOn: '2009-08-01', endOn: '2009-09-30' },
];
const mayBind: Record<string, readonly string[]> = {
  council: ['seat-holder.council'],
  pct: ['seat-holder.pct', 'stand-in'],
  police: [],
  dwp: ['official.dwp'],
  dh: ['official.dh'],
};

function beside(name: string, id: string): Loaded<any> {
  const loaded = emptyLoaded(aggregateNamed(name));
  loaded.version = 1;
  const states: Record<string, object> = {
    place: { programmeId: 'tp', themes: {} },
    programme: {
      places: { durham: { status: 'enrolled' } },
      endOn: '2010-12-31',
      period: 'month',
      ragScale: 'five',
    },
    collaborative: { chair: 'council', seats, delegations },
    agency: { status: 'registered', sector: departments.includes(id) ? 'department' : 'other' },
  };
  Object.assign(loaded.state as object, states[name]);
  return loaded;
}

interface Move {
  readonly as: string;
  readonly account: string;
  readonly command: string;
  readonly data: Record<string, unknown>;
}
const agency = fc.constantFrom(...everybody);
const account = fc.constantFrom(
  'lead',
  'deputy',
  'stand-in',
  'somebody',
  ...partners.map((a) => `seat-holder.${a}`),
  ...departments.map((d) => `official.${d}`),
);
const as = fc.oneof(
  agency.map((a) => `seat-holder@place:durham+agency:${a}`),
  agency.map((a) => `chair@place:durham+agency:${a}`),
  agency.map((a) => `official@agency:${a}`),
  agency.map((a) => `contributor@place:durham+agency:${a}`),
  fc.constantFrom(
    'secretariat@place:durham',
    'secretariat@place:kent',
    'seat-holder@place:kent+agency:council',
    'system',
  ),
);
/** Most moves are given by who may bind their agency, so that sequences go deep; the rest by anybody. */
const who = fc.oneof(
  { weight: 2, arbitrary: fc.record({ as, account }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...everybody.flatMap((a) =>
        mayBind[a]!.map((x) => ({
          as: departments.includes(a) ? `official@agency:${a}` : `seat-holder@place:durham+agency:${a}`,
          account: x,
        })),
      ),
    ),
  },
  { weight: 2, arbitrary: fc.constant({ as: 'secretariat@place:durham', account: 'lead' }) },
);
const accountableOf = (a: string) => (departments.includes(a) ? { official: 'Jane Doe' } : { seatId: a });
const reason = 'As agreed';
const evidence = [{ type: 'document', description: 'Paper', date: '2009-09-01', locator: 'Paper 1' }];
const green = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' };
const draftOf = ({ owner, verifier }: { owner: string; verifier: string }) => ({
  command: 'DraftCommitment',
  data: {
    placeId: 'durham',
    title: 'One form',
    change: 'One',
    ownerAgencyId: owner,
    level: departments.includes(owner) ? 'whitehall' : 'place',
    accountable: accountableOf(owner),
    measure: 'Forms',
    evidenceExpected: 'Paper',
    dueOn: '2010-01-29',
    verifierAgencyId: verifier,
  },
});
/** Drafted and offered by the secretariat, so that the rest has something to work on. */
const begun: fc.Arbitrary<Move[]> = fc
  .constantFrom(
    { owner: 'council', verifier: 'pct' },
    { owner: 'pct', verifier: 'dwp' },
    { owner: 'dwp', verifier: 'council' },
  )
  .map((d) =>
    [draftOf(d), { command: 'Offer', data: {} }].map((m) => ({
      as: 'secretariat@place:durham',
      account: 'lead',
      ...m,
    })),
  );
const doing: fc.Arbitrary<{ command: string; data: Record<string, unknown> }> = fc.oneof(
  fc.record({ owner: agency, verifier: agency }).map(draftOf),
  fc.constant({ command: 'Offer', data: {} }),
  { weight: 3, arbitrary: fc.boolean().map((consent) => ({ command: 'Accept', data: { consent } })) },
  agency.map((a) => ({
    command: 'Reassign',
    data: { ownerAgencyId: a, accountable: accountableOf(a), reason },
  })),
  fc
    .constantFrom('2010-01-29', '2010-02-12', '2010-02-26', '2010-05-01')
    .map((dueOn) => ({ command: 'Reschedule', data: { dueOn, reason, official: 'Jane Doe' } })),
  fc.constant({
    command: 'Report',
    data: {
      period: '2009-09',
      progress: 10,
      rag: green,
      narrative: 'Well',
      nextStep: 'More',
      correctionReason: 'Again',
    },
  }),
  { weight: 2, arbitrary: fc.constant({ command: 'ClaimComplete', data: { evidence } }) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('complete', 'limited')
      .map((level) => ({ command: 'Verify', data: { level, reason } })),
  },
  fc.constant({
    command: 'ReopenCommitment',
    data: { evidence: [...evidence, { ...evidence[0]!, description: 'Visit' }], reason },
  }),
  fc
    .constantFrom({}, { official: 'Jane Doe' }, { decisionId: 'none' })
    .map((word) => ({ command: 'Withdraw', data: { reason, ...word } })),
  fc.constant({ command: 'OrphanDuty', data: {} }),
);
const move: fc.Arbitrary<Move> = fc.record({ w: who, d: doing }).map(({ w, d }) => ({ ...w, ...d }));

/** Decides as the service does (role and scope, state, rule) and folds; what came of it, and who gave it. */
function play(
  loaded: Loaded<CommitmentState>,
  { as: name, account: by, command, data }: Move,
): { what: string; actor: Actor } {
  const [role = '', scope = ''] = name.split('@');
  const grant = name === 'system' ? undefined : parseGrant(role, scope)!;
  const actor: Actor = grant
    ? { account: by, role: grant.role, ...(grant.agency ? { agency: grant.agency } : {}) }
    : { account: 'system', role: 'system' };
  const entry = aggregateNamed('commitment').commands[command]!;
  const parsed = entry.data.parse(data);
  if (
    grant
      ? fittingGrants(entry, [grant], targetOf(entry, loaded, parsed)).length === 0
      : !entry.givenBy.includes('system')
  )
    return { what: 'NOT_ALLOWED', actor };
  if (entry.creates === true && loaded.version > 0) return { what: 'RECORD_EXISTS', actor };
  const read = (aggregate: string, id: string): Loaded<any> =>
    aggregate === 'commitment' ? loaded : beside(aggregate, id);
  const context = {
    now,
    today: '2009-09-01',
    effectiveOn: '2009-09-01',
    actor,
    commandId: 'c',
    recordId: 'one',
    acts: loaded.acts,
    ref: reference,
    views: {},
    read,
    named: read,
  } as unknown as Context;
  const outcome = checkState(commitment, entry, loaded.state) ?? entry.decide(loaded.state, parsed, context);
  if (isRefusal(outcome)) {
    if (!Object.hasOwn({ ...standardRefusals, ...entry.refuses }, outcome.code))
      throw new Error(`${command} was refused ${outcome.code}, which it does not declare`);
    return { what: outcome.code, actor };
  }
  for (const e of outcome)
    fold(commitment, loaded, e, metaOf(commitment, 'one', e.type, loaded.version + 1, now, actor));
  return { what: outcome.map((e) => e.type).join(), actor };
}

test('no sequence of commands accepts a commitment for another agency', async (t) => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.oneof({ weight: 5, arbitrary: begun }, fc.constant<Move[]>([])),
      fc.array(move, { minLength: 1, maxLength: 60, size: 'max' }),
      (before, moves) => {
        const loaded = emptyLoaded(commitment);
        let baseline: string | undefined;
        let rescheduled = 0;
        for (const m of [...before, ...moves]) {
          const wasPromised = isPromised(loaded.state);
          const { what, actor } = play(loaded, m);
          seen.add(what);
          const state = loaded.state;
          if (what === 'CommitmentAccepted') {
            // A department's official is who holds that grant; a partner is bound by who holds its seat,
            // besides.
            const right = departments.includes(state.ownerAgencyId)
              ? actor.agency === state.ownerAgencyId && actor.role === 'official'
              : actor.agency === state.ownerAgencyId &&
                (actor.role === 'seat-holder' ||
                  (actor.role === 'chair' && actor.account === 'seat-holder.council')) &&
                mayBind[state.ownerAgencyId]!.includes(actor.account);
            if (!right)
              throw new Error(
                `${actor.role} ${actor.account} of ${actor.agency} accepted for ${state.ownerAgencyId}`,
              );
          } else if (!wasPromised && isPromised(state))
            throw new Error(`${m.command} made a promise of ${state.ownerAgencyId}`);
          if (
            what === 'CommitmentWithdrawn' &&
            baseline &&
            !(departments.includes(state.ownerAgencyId) && 'official' in m.data)
          )
            throw new Error(`what was accepted once was withdrawn by nobody’s word`);
          if (baseline && state.baselineDueOn !== baseline)
            throw new Error(`the baseline moved from ${baseline} to ${state.baselineDueOn}`);
          if (state.reschedules < rescheduled) throw new Error('a reschedule was forgotten');
          ({ baselineDueOn: baseline, reschedules: rescheduled } = state);
        }
      },
    ),
    { numRuns: 400 },
  );
  for (const what of [
    'CommitmentAccepted',
    'ONLY_OWNER_CAN_ACCEPT',
    'NOT_ALLOWED',
    'CommitmentReassigned',
    'CommitmentRescheduled',
    'CompletionVerified',
    'CommitmentWithdrawn',
    'DECISION_NOT_CARRIED',
    'VERIFIER_NOT_INDEPENDENT',
  ])
    t.ok(seen.has(what), `the sequences came upon ${what}`);
});
