/** View `barrier-register`: each barrier with its owners, answers, joined places and costs, for the audience that asks. */
import type { Audience } from '../domain/access.js';
import { barrier } from '../domain/barrier.js';
import type { BarrierState } from '../domain/barrier-state.js';
import type { Loaded } from '../domain/core.js';
import { emptyLoaded, fold } from '../domain/fold.js';
import { view } from './core.js';

/** An owner's answer as given. */
export interface AnswerRow {
  readonly agencyId: string;
  readonly position: string;
  readonly on: string;
  readonly reason?: string;
  readonly official?: string;
  readonly dueOn?: string;
}
export interface BarrierRow {
  readonly id: string;
  readonly version: number;
  readonly position: number;
  readonly placeId: string;
  readonly statusSince: string;
  readonly illustrative: boolean;
  readonly corrected: boolean;
  readonly state: BarrierState;
  readonly answers: readonly AnswerRow[];
}
interface Row {
  stream: string;
  id: string;
  version: number;
  position: number;
  placeId: string;
  statusSince: string;
  illustrative: number;
  corrected: number;
  state: string;
  answers: string;
}
const read = ({ stream: _, ...r }: Row): BarrierRow => ({
  ...r,
  illustrative: r.illustrative === 1,
  corrected: r.corrected === 1,
  state: JSON.parse(r.state) as BarrierState,
  answers: JSON.parse(r.answers) as AnswerRow[],
});

/** The barrier as an audience may see it: a cost that its agency has not opened is `null` with `notDisclosed`. */
export function barrierFor({ id, version, placeId, statusSince, illustrative, corrected, state: s, answers }: BarrierRow, audience: Audience) {
  const member = audience === 'members';
  return {
    id,
    version,
    placeId,
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
  version: 1,
  tables: {
    barriers: `CREATE TABLE {barriers} (stream TEXT PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, position INTEGER NOT NULL, placeId TEXT NOT NULL, statusSince TEXT NOT NULL,
        illustrative INTEGER NOT NULL, corrected INTEGER NOT NULL, state TEXT NOT NULL, answers TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX {barriers}_place ON {barriers} (placeId, id)`,
  },
  handlers(db, t) {
    const get = db.prepare<[string], Row>(`SELECT * FROM ${t.barriers} WHERE stream = ?`);
    const put = db.prepare(`INSERT OR REPLACE INTO ${t.barriers} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    return {
      each(e) {
        if (e.aggregate !== 'barrier') return;
        const row = get.get(e.stream);
        const loaded: Loaded<BarrierState> = emptyLoaded(barrier);
        if (row) Object.assign(loaded, { state: JSON.parse(row.state), version: row.version });
        const before = loaded.state.status;
        fold(barrier, loaded, e, e);
        const answers: AnswerRow[] = row ? JSON.parse(row.answers) : [];
        if (e.type === 'BarrierAnswered') {
          const { agencyId, position, reason, official, dueOn } = e.data;
          answers.push({ agencyId, position, on: e.today, ...(reason ? { reason } : {}), ...(official ? { official } : {}), ...(dueOn ? { dueOn } : {}) });
        }
        put.run(
          e.stream,
          e.recordId,
          e.version,
          e.position,
          loaded.state.placeId,
          loaded.state.status === before && row ? row.statusSince : e.today,
          e.basis?.kind === 'illustrative' || row?.illustrative ? 1 : 0,
          e.type === 'RecordCorrected' || row?.corrected ? 1 : 0,
          JSON.stringify(loaded.state),
          JSON.stringify(answers),
        );
      },
    };
  },
  queries(db, t) {
    const one = db.prepare<[string], Row>(`SELECT * FROM ${t.barriers} WHERE stream = ?`);
    const ofPlace = db.prepare<[string], Row>(`SELECT * FROM ${t.barriers} WHERE placeId = ? ORDER BY id`);
    const all = db.prepare<[], Row>(`SELECT * FROM ${t.barriers} ORDER BY stream`);
    return {
      one: (id: string): BarrierRow | undefined => {
        const row = one.get(`barrier-${id}`);
        return row && read(row);
      },
      list: (placeId?: string): BarrierRow[] => (placeId ? ofPlace.all(placeId) : all.all()).map(read),
    };
  },
});
