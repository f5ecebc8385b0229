/**
 * View `place-progress`: what stands between each place and its programme's deadline, for each audience.
 * Facts are kept in its own tables; `DayClosed` writes a row a place and audience, from which burn-up,
 * movement and `since` are answered.
 */
import type { Audience } from '../../domain/shared/access.js';
import { entryOf } from '../../domain/registry.js';
import { isQuiet, reasonKey, type Reason, type PlaceStep } from '../../domain/progress/judge.js';
import { reportItems } from '../../domain/progress/promises.js';
import type { FuzzyDate } from '../../domain/shared/values.js';
import { batchOf, writeBuffer, readCache } from '../engine/write-buffer.js';
import { believing, belonging } from '../views/belonging.js';
import { view, type Recorded } from '../engine/view.js';
import { dueItems, keptItems } from '../views/due-items.js';
import {
  audiences,
  keptPlaces,
  openSteps,
  progressOf,
  isShownTo,
  tables,
  type KeptPlaces,
  type PlaceNow,
  type PlaceRow,
  type T,
} from './facts.js';
import { completedByReturn, completion, completionOf } from './completion.js';
import { poolWriter } from './pools.js';
import { promiseHandlers } from './promises.js';
import { sittingHandlers } from './sitting.js';
import type { Colour } from '../../domain/progress/due-codes.js';

export interface DailyRow {
  readonly date: string;
  readonly rag: Colour;
  readonly whitehallRag: Colour;
  readonly required: number;
  /** Of those required, those due by that day, as it was known on it. */
  readonly due: number;
  readonly done: number;
  readonly reasons: readonly Reason[];
  readonly pledgedPence: number | null;
  /** Where the audience saw a pool of which a pledge was withheld. */
  readonly atLeastPence: number | null;
  readonly figuresNotShared: number | null;
  readonly lastStepOn: string | null;
}
/** What was withheld of a sum, where that was told. */
const withheldOf = (row: Partial<Pick<DailyRow, 'atLeastPence' | 'figuresNotShared'>> | undefined) => ({
  atLeastPence: row?.atLeastPence ?? null,
  figuresNotShared: row?.figuresNotShared ?? null,
});

/** Which reasons are new, weigh more or less, or are gone. */
function reasonsMoved(then: readonly Reason[], now: readonly Reason[]) {
  const levelsThen = new Map(then.map((r) => [reasonKey(r), r.level]));
  const open = now.filter((r) => !isQuiet(r));
  const keysNow = new Set(open.map(reasonKey));
  return {
    reasonsNew: open.filter((r) => !levelsThen.has(reasonKey(r))),
    // What was there and weighs more or less than it did: due soon then, late now.
    reasonsChanged: open.flatMap((reason) => {
      const from = levelsThen.get(reasonKey(reason));
      return from && from !== reason.level ? [{ ...reason, from }] : [];
    }),
    reasonsGone: then.filter((r) => !keysNow.has(reasonKey(r))),
  };
}

/** A date that may still be another day, or is to be confirmed: it counts as its last day, and says so. */
const fuzzy = (d: FuzzyDate): number => (d.precision === 'day' && !d.tbc ? 0 : 1);
const lastDay = (d: FuzzyDate): string => d.to;

export const placeProgress = view({
  name: 'place-progress',
  version: 15,
  tables,
  handlers(db, tables: T, ref) {
    const seats = sittingHandlers(db, tables);
    const pools = poolWriter(db, tables);
    const facts = progressOf(db, tables, ref);
    const setRecord = db.prepare(
      `INSERT INTO ${tables.records} VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET tier = excluded.tier, placeId = coalesce(excluded.placeId, placeId)`,
    );
    const setTier = db.prepare(`UPDATE ${tables.records} SET tier = ? WHERE stream = ?`);
    const storedPlace = db
      .prepare<[string], string | null>(`SELECT placeId FROM ${tables.records} WHERE stream = ?`)
      .pluck();
    const placeOf = readCache((stream) => storedPlace.get(stream) ?? null);
    const track = dueItems(db, tables.items, ref, {
      table: tables.waiting,
      dockets: tables.dockets,
      whoSits: seats.whoSits,
      placeOf: (stream) => placeOf.get(stream),
    });
    const setMoved = db.prepare(
      `UPDATE ${tables.places}
        SET movementInvented = CASE WHEN $on > lastMovementOn THEN $invented
        WHEN $on = lastMovementOn THEN min(movementInvented, $invented) ELSE movementInvented END,
        lastMovementOn = max(lastMovementOn, $on), position = max(position, $position)
        WHERE id = $placeId`,
    );
    const moved = writeBuffer<{ on: string; invented: number; position: number }>((placeId, movement) =>
      setMoved.run({ ...movement, placeId }),
    );
    const addProgramme = db.prepare(`INSERT INTO ${tables.programmes} VALUES (?, ?, ?, ?, NULL, NULL)`);
    const retitle = db.prepare(`UPDATE ${tables.programmes} SET name = ? WHERE id = ?`);
    const setDeadline = db.prepare(
      `UPDATE ${tables.programmes} SET deadlineId = ?, deadlineName = ? WHERE id = ?`,
    );
    const enrol = db.prepare(
      `INSERT OR REPLACE INTO ${tables.places} VALUES (?, ?, ?, ?, 'enrolled', ?, ?, ?, ?, 0)`,
    );
    const open = db.prepare(`UPDATE ${tables.places} SET opened = 1 WHERE programmeId = ? AND id = ?`);
    const elsewhere = db.prepare(`DELETE FROM ${tables.places} WHERE programmeId <> ? AND id = ?`);
    const extend = db.prepare(`INSERT OR REPLACE INTO ${tables.extensions} VALUES (?, ?, ?, ?, ?)`);
    const target = db.prepare(`INSERT OR IGNORE INTO ${tables.targets} VALUES (?, ?, ?, ?, ?, ?, NULL)`);
    const moveTarget = db.prepare(
      `UPDATE ${tables.targets} SET dueOn = ?, fuzzy = ?, reason = coalesce(?, reason)
        WHERE programmeId = ? AND target = ?`,
    );
    const latch = db.prepare(
      `INSERT INTO ${tables.completed} VALUES (?, ?, ?, NULL, ?)
        ON CONFLICT DO UPDATE SET doneOn = coalesce(doneOn, excluded.doneOn), signOffOwedBy = NULL,
        illustrative = excluded.illustrative
        WHERE doneOn IS NULL`,
    );
    const excuse = db.prepare(`INSERT OR REPLACE INTO ${tables.excuses} VALUES (?, ?, ?, ?, ?)`);
    const signOff = db.prepare(
      `INSERT INTO ${tables.completed} VALUES (?, ?, NULL, ?, 0)
        ON CONFLICT DO UPDATE SET signOffOwedBy = excluded.signOffOwedBy WHERE doneOn IS NULL`,
    );
    const daily = db.prepare(
      `INSERT OR REPLACE INTO ${tables.daily} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const setPlace = db.prepare(
      `UPDATE ${tables.places}
        SET name = coalesce(?, name), kind = coalesce(?, kind), status = coalesce(?, status), position = ?
        WHERE programmeId = ? AND id = ?`,
    );
    const clearRequired = db.prepare(
      `DELETE FROM ${tables.required} WHERE programmeId = ? AND placeKind = ?`,
    );
    const addRequired = db.prepare(`INSERT INTO ${tables.required} VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    const invented = (e: Recorded): number => (e.basis?.kind === 'illustrative' ? 1 : 0);
    const done = (placeId: string, doneBy: string, event: Recorded) =>
      latch.run(placeId, doneBy, event.today, invented(event));
    const kindOfRound = db
      .prepare<[string, string], string>(
        `SELECT substr(kind, length('round-') + 1) FROM ${tables.targets}
          WHERE programmeId = ? AND target = ?`,
      )
      .pluck();
    const beginReturn = db.prepare(`INSERT INTO ${tables.returns} VALUES (?, ?, ?)`);
    const roundOf = db.prepare<[string], { roundNo: number; roundKind: string }>(
      `SELECT roundNo, roundKind FROM ${tables.returns} WHERE stream = ?`,
    );
    const noLongerWaits = (e: Recorded): void => {
      const round = roundOf.get(e.stream);
      if (round)
        for (const doneBy of completedByReturn(round)) signOff.run(placeOf.get(e.stream), doneBy, null);
    };

    const kept = keptPlaces(db, tables);
    /** Writes what says of places more than that they moved. */
    const places = (statement: typeof open, ...values: unknown[]): void => {
      statement.run(...values);
      kept.clear();
    };
    const promised = promiseHandlers(db, tables, (placeId, event) =>
      done(placeId, completion.commitments, event),
    );
    return believing(belonging(db, tables), {
      on: {
        programme: {
          ProgrammeDefined: (event) =>
            places(addProgramme, event.recordId, event.data.name, event.data.ragScale, event.data.period),
          ProgrammeRetitled: (event) => retitle.run(event.data.to, event.recordId),
          PlaceEnrolled: (event) =>
            places(
              enrol,
              event.data.placeId,
              event.recordId,
              event.data.name,
              event.data.kind,
              invented(event),
              event.today,
              invented(event),
              event.position,
            ),
          PlaceRenamed: (event) =>
            places(setPlace, event.data.to, null, null, event.position, event.recordId, event.data.placeId),
          PlaceKindChanged: (event) =>
            places(setPlace, null, event.data.to, null, event.position, event.recordId, event.data.placeId),
          PlaceWithdrawn: (event) =>
            places(setPlace, null, null, 'withdrawn', event.position, event.recordId, event.data.placeId),
          MilestoneAdded: (event) => {
            const { milestoneId, name, date, kind } = event.data;
            target.run(
              event.recordId,
              `milestone:${milestoneId}`,
              kind,
              lastDay(date),
              lastDay(date),
              fuzzy(date),
            );
            if (kind === 'deadline') setDeadline.run(`milestone:${milestoneId}`, name, event.recordId);
          },
          MilestoneRescheduled: (event) =>
            moveTarget.run(
              lastDay(event.data.to),
              fuzzy(event.data.to),
              event.data.reason,
              event.recordId,
              `milestone:${event.data.milestoneId}`,
            ),
          RoundPlanned: (event) =>
            target.run(
              event.recordId,
              `round:${event.data.roundNo}`,
              `round-${event.data.kind}`,
              lastDay(event.data.window.to),
              lastDay(event.data.window.to),
              fuzzy(event.data.window.to),
            ),
          RoundRescheduled: (event) =>
            moveTarget.run(
              lastDay(event.data.to.window.to),
              fuzzy(event.data.to.window.to),
              event.data.reason ?? null,
              event.recordId,
              `round:${event.data.roundNo}`,
            ),
          RoundExtended: (event) =>
            moveTarget.run(
              event.data.to,
              0,
              event.data.reason,
              event.recordId,
              `round:${event.data.roundNo}`,
            ),
          ExtensionGranted: (event) =>
            extend.run(
              event.recordId,
              event.data.placeId,
              `round:${event.data.roundNo}`,
              event.data.to,
              event.data.reason,
            ),
          StepsRequired: (event) => {
            clearRequired.run(event.recordId, event.data.placeKind);
            event.data.steps.forEach(({ stepId, name, doneWhen, due }, count) =>
              addRequired.run(
                event.recordId,
                event.data.placeKind,
                count,
                stepId,
                name,
                completionOf({ stepId, name, doneWhen, due }, (roundNo) =>
                  kindOfRound.get(event.recordId, `round:${roundNo}`),
                ),
                'milestoneId' in due ? `milestone:${due.milestoneId}` : `round:${due.roundNo}`,
                invented(event),
              ),
            );
          },
          StepExcused: (event) =>
            excuse.run(
              event.recordId,
              event.data.placeId,
              event.data.stepId,
              event.data.reason,
              invented(event),
            ),
          RecordCorrected: (event) =>
            event.data.field === 'name' && retitle.run(event.data.to, event.recordId),
        },
        place: {
          ...promised.place,
          ...seats.on.place,
          PlaceOpened: (event) => {
            places(open, event.data.programmeId, event.recordId);
            places(elsewhere, event.data.programmeId, event.recordId);
          },
          PlaceActivated: (event) => done(event.recordId, completion.active, event),
        },
        collaborative: seats.on.collaborative,
        commitment: promised.commitment,
        pool: {
          PoolOpened: (event) => {
            const placeId = placeOf.get(event.stream);
            if (placeId) done(placeId, completion.pool, event);
          },
        },
        submission: {
          SubmissionStarted: (event) =>
            beginReturn.run(event.stream, event.data.roundNo, event.data.roundKind),
          SubmissionSentForSignOff: (event) => {
            const { placeId, accountableBodyId } = event.data;
            if (accountableBodyId)
              for (const doneBy of completedByReturn(event.data))
                signOff.run(placeId, doneBy, accountableBodyId);
          },
          SignOffDeclined: noLongerWaits,
          SubmissionSignedOff: noLongerWaits,
          SignOffVoided: noLongerWaits,
          FindingsSubmitted: (event) => {
            for (const doneBy of completedByReturn(event.data)) done(event.data.placeId, doneBy, event);
          },
        },
        days: {
          DayClosed: (event) => {
            moved.flush();
            pools.batch.flush();
            for (const row of facts.ofProgramme.all(event.recordId)) {
              if (row.status !== 'enrolled') continue;
              for (const audience of audiences) {
                const p = facts.on(row, audience, event.data.date);
                const required = p.steps.filter((s) => s.excused === undefined);
                daily.run(
                  row.id,
                  audience,
                  event.data.date,
                  p.rag,
                  p.whitehallRag,
                  required.length,
                  required.filter((s) => s.dueOn <= event.data.date).length,
                  required.filter((s) => s.doneOn).length,
                  JSON.stringify(p.reasons.filter((r) => !isQuiet(r))),
                  p.pledged.pence,
                  p.pledged.atLeastPence ?? null,
                  p.pledged.figuresNotShared ?? null,
                  p.lastStepOn,
                );
              }
            }
          },
        },
      },
      each(event) {
        const entry = entryOf(event);
        const change = entry.access?.(event.data, event);
        if (event.version === 1) {
          setRecord.run(event.stream, change?.tier ?? 'members', change?.placeId ?? null);
          placeOf.set(event.stream, change?.placeId ?? null);
        }
        if (event.version > 1 && change?.tier && isShownTo(change.tier, 'programme'))
          setTier.run(change.tier, event.stream);
        pools.each(event);
        track(event);
        if (event.actor.role !== 'system') {
          const placeId = placeOf.get(event.stream);
          const last = placeId ? moved.get(placeId) : undefined;
          if (placeId) {
            const same = last?.on === event.today;
            const now = {
              on: event.today,
              invented: same ? Math.min(last.invented, invented(event)) : invented(event),
            };
            moved.set(placeId, { ...(last && last.on > event.today ? last : now), position: event.position });
          }
        }
      },
      ...batchOf(placeOf, moved, pools.batch, {
        flush() {},
        forget: () => [keptItems(db, tables.items), kept].forEach((k) => k.clear()),
      }),
    });
  },
  queries(db, tables: T, ref) {
    const facts = progressOf(db, tables, ref);
    const row = db.prepare<[string, string, string], Omit<DailyRow, 'reasons'> & { reasons: string }>(
      `SELECT date, rag, whitehallRag, required, due, done, reasons, pledgedPence, atLeastPence,
        figuresNotShared, lastStepOn
        FROM ${tables.daily} WHERE placeId = ? AND audience = ? AND date <= ? ORDER BY date DESC LIMIT 1`,
    );
    const series = db.prepare<
      [string, string],
      Pick<DailyRow, 'date' | 'required' | 'due' | 'done' | 'rag' | 'whitehallRag'>
    >(
      `SELECT date, required, due, done, rag, whitehallRag FROM ${tables.daily}
        WHERE placeId = ? AND audience = ? ORDER BY date`,
    );
    const enrolledIn = (programmeId: string) =>
      facts.ofProgramme.all(programmeId).filter((p) => p.status === 'enrolled');
    // `id > ''` is true of every row, and lets SQLite search the index: programmes are few.
    const programmes = db
      .prepare<[], string>(`SELECT id FROM ${tables.programmes} WHERE id > '' ORDER BY id`)
      .pluck();
    const kept = keptPlaces(db, tables);
    const keep = (key: string, read: () => KeptPlaces): KeptPlaces => {
      let known = kept.get(key);
      if (!known) kept.set(key, (known = read()));
      return known;
    };
    const daily = (placeId: string, audience: Audience, date: string): DailyRow | undefined => {
      const found = row.get(placeId, audience, date);
      return found && { ...found, reasons: JSON.parse(found.reasons) as Reason[] };
    };
    return {
      programme: (id: string) => facts.programme.get(id),
      places: enrolledIn,
      /** The ids of those of each programme. */
      enrolled: () =>
        keep('', () => ({
          enrolled: programmes
            .all()
            .map((programmeId) => ({ programmeId, placeIds: enrolledIn(programmeId).map((p) => p.id) })),
        })).enrolled ?? [],
      /** Those withdrawn since, too. */
      everyPlace: (programmeId: string): PlaceRow[] => facts.ofProgramme.all(programmeId),
      row: (placeId: string): PlaceRow | undefined => facts.place.get(placeId),
      programmeOf: (placeId: string) => facts.place.get(placeId)?.programmeId,
      nameOf: (placeId: string) => keep(placeId, () => ({ name: facts.place.get(placeId)?.name })).name,
      /** A place as one audience sees it on a day. */
      place(placeId: string, audience: Audience, day: string): PlaceNow | undefined {
        const found = facts.place.get(placeId);
        return found && facts.on(found, audience, day);
      },
      /** The required steps of a place that are open on a day, without judging the rest of it. */
      openSteps(placeId: string, audience: Audience, day: string): PlaceStep[] {
        const found = facts.place.get(placeId);
        return found ? openSteps({ steps: facts.stepsOf(found, audience) }, day, ref.workingDays) : [];
      },
      /**
       * Commitments of a place that are accepted and not ended: what stands in the way of closing it out, or
       * dropping a theme.
       */
      liveCommitments: (placeId: string) => facts.promises.live(placeId),
      /** Reports that an agency owes on a day, wherever it promised. */
      reportsOf: (agencyId: string, day: string) =>
        facts.promises.ofOwner(agencyId).flatMap((p) => reportItems([p], p.period, day, ref.workingDays)),
      series: (placeId: string, audience: Audience) => series.all(placeId, audience),
      daily,
      /** What moved since a date, from the daily row of that day to now. */
      changed(now: PlaceNow, since: string) {
        const then = daily(now.id, now.audience, since);
        const [before, after] = [withheldOf(then), withheldOf(now.pledged)];
        const withheld = now.pledged.pence === null || then?.pledgedPence === null;
        return {
          rag: { from: then?.rag ?? null, to: now.rag },
          whitehallRag: { from: then?.whitehallRag ?? null, to: now.whitehallRag },
          stepsDone: now.steps.filter((s) => s.doneOn && s.doneOn > since).map((s) => s.stepId),
          pledgedPence: { from: then?.pledgedPence ?? null, to: now.pledged.pence },
          ...(withheld
            ? {
                notDisclosed: true as const,
                atLeastPence: { from: before.atLeastPence, to: after.atLeastPence },
                figuresNotShared: { from: before.figuresNotShared, to: after.figuresNotShared },
              }
            : {}),
          ...reasonsMoved(then?.reasons ?? [], now.reasons),
        };
      },
      /** The same of its reasons alone, to another day that is over. */
      reasonsBetween: (placeId: string, audience: Audience, since: string, day: string) =>
        reasonsMoved(
          daily(placeId, audience, since)?.reasons ?? [],
          daily(placeId, audience, day)?.reasons ?? [],
        ),
    };
  },
});
