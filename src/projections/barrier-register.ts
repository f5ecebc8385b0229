/** View `barrier-register`: each barrier with its owners, answers, joined places and costs, for the audience that asks. */
import type { Audience } from '../domain/access.js';
import { inWork, type BarrierState } from '../domain/barrier-state.js';
import { view } from './core.js';
import { folded, type Folded } from './folded.js';

/** An owner's answer as given. */
export interface AnswerRow {
  readonly agencyId: string;
  readonly position: string;
  readonly on: string;
  readonly reason?: string;
  readonly official?: string;
  readonly dueOn?: string;
}
interface Extra {
  status: string;
  statusSince: string;
  answers: AnswerRow[];
}
export type BarrierRow = Folded<BarrierState, Extra>;
const rows = folded<BarrierState, Extra>({
  extra: () => ({ status: '', statusSince: '', answers: [] }),
  columns: { placeId: ['TEXT NOT NULL', (r) => r.state.placeId] },
  indexes: ['placeId, id'],
});

/** The barrier as an audience may see it: a cost that its agency has not opened is `null` with `notDisclosed`. */
export function barrierFor({ id, version, illustrative, corrected, state: s, extra: { statusSince, answers } }: BarrierRow, audience: Audience) {
  const member = audience === 'members';
  return {
    id,
    version,
    placeId: s.placeId,
    programmeId: s.programmeId,
    kind: s.kind,
    locus: s.locus ?? null,
    status: s.status,
    statusSince,
    statement: s.statement,
    effectOnResidents: s.effectOnResidents,
    asks: Object.entries(s.asks).map(([askId, a]) => ({ askId, ...a })),
    owners: Object.values(s.owners).map((o) => ({
      agencyId: o.agencyId,
      kind: o.kind,
      proposedOn: o.proposedOn,
      acceptedOn: o.acceptedOn ?? null,
      struck: o.struck === true,
      answer: o.answer ?? null,
      dueOn: o.dueOn,
      rung: o.rung,
    })),
    answers,
    joined: Object.entries(s.joined).map(([place, j]) => ({ placeId: place, ...j })),
    costs: Object.entries(s.costs).map(([agencyId, c]) =>
      member || c.consented ? { agencyId, pence: c.pence, evidence: c.evidence } : { agencyId, pence: null, notDisclosed: true as const },
    ),
    claim: s.claim ?? null,
    mergedInto: s.mergedInto ?? null,
    audience,
    illustrative,
    corrected,
  };
}

export const barrierRegister = view({
  name: 'barrier-register',
  version: 2,
  tables: rows.tables,
  handlers(db, t) {
    const { fold, batch } = rows.write(db, t);
    return {
      each(e) {
        if (e.aggregate !== 'barrier') return;
        const { state, extra } = fold(e);
        if (extra.status !== state.status) Object.assign(extra, { status: state.status, statusSince: e.today });
        if (e.type === 'BarrierAnswered') {
          const { agencyId, position, reason, official, dueOn } = e.data;
          extra.answers.push({ agencyId, position, on: e.today, ...(reason ? { reason } : {}), ...(official ? { official } : {}), ...(dueOn ? { dueOn } : {}) });
        }
      },
      ...batch,
    };
  },
  queries(db, t) {
    const read = rows.read(db, t);
    const ofPlace = read.where('placeId = ? ORDER BY id');
    const all = read.where("stream > '' ORDER BY stream");
    return {
      one: (id: string): BarrierRow | undefined => read.one(`barrier-${id}`),
      /** Removals claimed in a programme that nobody has disputed by their last day. */
      claimed: (programmeId: string, day: string): { id: string; silentUntil: string }[] =>
        all()
          .filter(({ state: b }) => b.status === 'removal-claimed' && b.programmeId === programmeId && b.claim!.silentUntil <= day)
          .map((r) => ({ id: r.id, silentUntil: r.state.claim!.silentUntil })),
      /** Barriers in work, of other places, that a place has joined. */
      joinedBy: (placeId: string): string[] =>
        all()
          .filter(({ state: b }) => b.placeId !== placeId && Object.hasOwn(b.joined, placeId) && inWork.includes(b.status))
          .map((r) => r.id),
      list: (placeId?: string): BarrierRow[] => (placeId ? ofPlace(placeId) : all()),
    };
  },
});
