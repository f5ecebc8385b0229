/** Commands on a programme's places: a set small enough to be one stream, so that names, kinds and areas are decided exactly (domain.md 9.1). */
import { z } from 'zod';
import { isRefusal, refuse, type Context } from '../kernel/types.js';
import { part, partOr } from '../kernel/parts.js';
import { DateOn, GssCode, Id, Prose } from '../shared/values.js';
import { StepId, foldName, type Overlap, type ProgrammeState } from './state.js';
import { command, emit } from './events.js';

const open: readonly ProgrammeState['status'][] = ['planned', 'running'];
const by = ['programme-office'] as const;

const placed = { PLACE_UNKNOWN: 'rule', PLACE_WITHDRAWN: 'state' } as const;
const unknownPlace = () =>
  refuse('PLACE_UNKNOWN', 'This place is not enrolled in the programme.', '/placeId');
function taken(s: ProgrammeState, name: string, but?: string) {
  const clash = Object.entries(s.places).find(
    ([id, p]) => id !== but && p.status === 'enrolled' && foldName(p.name) === foldName(name),
  );
  return (
    clash &&
    refuse(
      'PLACE_NAME_TAKEN',
      `A place called ${clash[1].name} is enrolled already. Enter another name.`,
      '/name',
    )
  );
}
/**
 * Whose a place is, its own stream says, read directly (domain.md 9.1): until one programme has opened it, each that enrolled it may prepare
 * it; from then on it is nobody else's, whatever their streams say.
 */
export function isOurs(placeId: string, ctx: Context): boolean {
  const { status, programmeId } = ctx.read('place', placeId).state;
  return status === 'none' || programmeId === ctx.recordId;
}
/** Enrolled, and not withdrawn: nothing more is recorded for a place that has left (domain.md 9.2). */
function placeHere(s: ProgrammeState, placeId: string, ctx: Context) {
  const p = ourPlace(s, placeId, ctx);
  if (isRefusal(p)) return p;
  return p.status === 'withdrawn'
    ? refuse(
        'PLACE_WITHDRAWN',
        `${p.name} was withdrawn from the programme. Nothing new can be recorded for it.`,
        '/placeId',
      )
    : p;
}
/** Enrolled here at some time, and no other programme's. */
function ourPlace(s: ProgrammeState, placeId: string, ctx: Context) {
  const p = partOr(s.places, placeId, unknownPlace);
  return isRefusal(p) || isOurs(placeId, ctx) ? p : unknownPlace();
}
/** A pilot's area, or one that contains it or lies in it, is no other pilot's. */
function inAnotherPilot(
  s: ProgrammeState,
  placeId: string,
  codes: readonly string[],
  from: string,
  ctx: Context,
) {
  for (const [id, p] of Object.entries(s.places)) {
    if (id === placeId || p.kind !== 'pilot' || p.status !== 'enrolled') continue;
    const clash = p.areas.find(
      (a) => (!a.to || from <= a.to) && codes.some((c) => ctx.ref.areas.overlap(a.code, c)),
    );
    if (clash)
      return refuse(
        'AREA_IN_ANOTHER_PILOT',
        `The area ${clash.code} belongs to the pilot ${p.name}. An area is in one pilot at most.`,
        '/code',
      );
  }
  return undefined;
}

/** What of these areas is ground of a place of the other kind: no refusal, but said on both. */
function overlapsOf(
  s: ProgrammeState,
  placeId: string,
  kind: 'pilot' | 'parallel',
  codes: readonly string[],
  from: string,
  ctx: Context,
): { overlaps?: Overlap[] } {
  const overlaps = Object.entries(s.places)
    .filter(([id, p]) => id !== placeId && p.kind !== kind && p.status === 'enrolled')
    .flatMap(([id, p]) =>
      codes.flatMap((code) =>
        p.areas
          .filter((a) => (!a.to || from <= a.to) && ctx.ref.areas.overlap(a.code, code))
          .map((a) => ({ code, placeId: id, theirCode: a.code })),
      ),
    );
  return overlaps.length > 0 ? { overlaps } : {};
}

export const placeCommands = {
  EnrolPlace: command(
    z.strictObject({
      placeId: Id,
      name: Prose(200),
      kind: z.enum(['pilot', 'parallel']),
      region: Prose(100),
    }),
    {
      title: 'Enrol a place',
      segment: 'places',
      givenBy: by,
      allowedIn: open,
      refuses: { PLACE_ID_TAKEN: 'state', PLACE_NAME_TAKEN: 'state', PLACE_EXISTS: 'state' },
      example: { placeId: 'durham', name: 'Durham', kind: 'pilot', region: 'North East' },
      decide(s, d, ctx) {
        if (!isOurs(d.placeId, ctx))
          return refuse(
            'PLACE_ID_TAKEN',
            `${d.placeId} is a place of another programme, and a place belongs to one. Choose another id.`,
            '/placeId',
          );
        if (part(s.places, d.placeId))
          return refuse('PLACE_EXISTS', 'This place is enrolled already. Choose another id.', '/placeId');
        return taken(s, d.name) ?? [emit('PlaceEnrolled', d)];
      },
    },
  ),
  /** PlaceOpener: two programmes enrolled one id at once, and the other was first to open it. What was prepared for it here goes. */
  VoidEnrolment: command(z.strictObject({ placeId: Id }), {
    title: 'Give up a place whose id another programme took first',
    givenBy: ['system'],
    refuses: {},
    example: { placeId: 'durham' },
    decide(s, d, ctx) {
      const p = part(s.places, d.placeId);
      return p && !isOurs(d.placeId, ctx)
        ? [emit('EnrolmentVoided', { placeId: d.placeId, name: p.name })]
        : [];
    },
  }),
  RenamePlace: command(z.strictObject({ placeId: Id, name: Prose(200) }), {
    title: 'Rename a place',
    segment: 'place-names',
    givenBy: by,
    allowedIn: open,
    replaces: true,
    refuses: { PLACE_NAME_TAKEN: 'state', ...placed },
    example: { placeId: 'durham', name: 'County Durham' },
    decide(s, d, ctx) {
      const p = placeHere(s, d.placeId, ctx);
      if (isRefusal(p)) return p;
      if (p.name === d.name) return [];
      return (
        taken(s, d.name, d.placeId) ?? [
          emit('PlaceRenamed', { placeId: d.placeId, from: p.name, to: d.name }),
        ]
      );
    },
  }),
  ChangePlaceKind: command(
    z.strictObject({ placeId: Id, kind: z.enum(['pilot', 'parallel']), reason: Prose() }),
    {
      title: 'Change a place’s kind',
      segment: 'place-kinds',
      givenBy: by,
      allowedIn: open,
      replaces: true,
      refuses: { ...placed, AREA_IN_ANOTHER_PILOT: 'state' },
      example: { placeId: 'suffolk', kind: 'pilot', reason: 'Joins the pilots' },
      decide(s, d, ctx) {
        const p = placeHere(s, d.placeId, ctx);
        if (isRefusal(p)) return p;
        if (p.kind === d.kind) return [];
        const codes = p.areas.filter((a) => !a.to || ctx.today <= a.to).map((a) => a.code);
        const clash = d.kind === 'pilot' ? inAnotherPilot(s, d.placeId, codes, ctx.today, ctx) : undefined;
        return (
          clash ?? [
            emit('PlaceKindChanged', {
              placeId: d.placeId,
              from: p.kind,
              to: d.kind,
              reason: d.reason,
              ...overlapsOf(s, d.placeId, d.kind, codes, ctx.today, ctx),
            }),
          ]
        );
      },
    },
  ),
  AddArea: command(z.strictObject({ placeId: Id, code: GssCode, on: DateOn }), {
    title: 'Add an area to a place',
    segment: 'areas',
    givenBy: by,
    allowedIn: open,
    schedules: true,
    refuses: { ...placed, AREA_NOT_VALID_ON_DATE: 'rule', AREA_IN_ANOTHER_PILOT: 'state' },
    example: { placeId: 'durham', code: 'E06000047', on: '2009-06-01' },
    decide(s, d, ctx) {
      const p = placeHere(s, d.placeId, ctx);
      if (isRefusal(p)) return p;
      const area = ctx.ref.areas.get(d.code);
      if (!area)
        return refuse(
          'AREA_NOT_VALID_ON_DATE',
          `The area code ${d.code} is not in the register of areas. Check it, or point AREAS_FILE to a larger register.`,
          '/code',
        );
      if (!ctx.ref.areas.validOn(d.code, d.on)) {
        const successor =
          area.successors.length > 0 && area.to && area.to < d.on
            ? ` Use its successor ${area.successors.join(' or ')}.`
            : '';
        return refuse(
          'AREA_NOT_VALID_ON_DATE',
          `${area.name} (${d.code}) was valid from ${area.from}${area.to ? ` to ${area.to}` : ''}, not on ${d.on}.${successor}`,
          '/code',
        );
      }
      if (p.areas.some((a) => a.code === d.code && !a.to)) return [];
      const clash = p.kind === 'pilot' ? inAnotherPilot(s, d.placeId, [d.code], d.on, ctx) : undefined;
      return (
        clash ?? [
          emit('AreaAdded', {
            placeId: d.placeId,
            code: d.code,
            ...(area.snac ? { snac: area.snac } : {}),
            name: area.name,
            from: d.on,
            ...overlapsOf(s, d.placeId, p.kind, [d.code], d.on, ctx),
          }),
        ]
      );
    },
  }),
  EndArea: command(z.strictObject({ placeId: Id, code: GssCode, on: DateOn }), {
    title: 'End an area of a place',
    segment: 'area-ends',
    givenBy: by,
    allowedIn: open,
    schedules: true,
    refuses: { ...placed, AREA_UNKNOWN: 'rule' },
    example: { placeId: 'durham', code: 'E06000047', on: '2010-03-31' },
    decide(s, d, ctx) {
      const p = placeHere(s, d.placeId, ctx);
      if (isRefusal(p)) return p;
      const area = p.areas.find((a) => a.code === d.code && !a.to);
      if (!area || d.on < area.from)
        return refuse('AREA_UNKNOWN', 'The place has no such area on that date.', '/code');
      return [emit('AreaEnded', d)];
    },
  }),
  WithdrawPlace: command(z.strictObject({ placeId: Id, reason: Prose() }), {
    title: 'Withdraw a place',
    segment: 'place-withdrawals',
    givenBy: by,
    refuses: { PLACE_UNKNOWN: 'rule' },
    example: { placeId: 'durham', reason: 'The councils have left the programme' },
    decide(s, d, ctx) {
      const p = ourPlace(s, d.placeId, ctx);
      if (isRefusal(p)) return p;
      return p.status === 'withdrawn' ? [] : [emit('PlaceWithdrawn', d)];
    },
  }),
  ExcuseStep: command(z.strictObject({ placeId: Id, stepId: StepId, reason: Prose() }), {
    title: 'Excuse a place from a step',
    segment: 'step-excuses',
    givenBy: by,
    allowedIn: open,
    replaces: (s, d) => ![undefined, d.reason].includes(part(part(s.places, d.placeId)?.excused, d.stepId)),
    refuses: { ...placed, STEP_NOT_REQUIRED: 'rule' },
    example: { placeId: 'kent', stepId: 'pools', reason: 'Aligns budgets by a council order instead' },
    decide(s, d, ctx) {
      const p = placeHere(s, d.placeId, ctx);
      if (isRefusal(p)) return p;
      if (!(part(s.steps, p.kind) ?? []).some((x) => x.stepId === d.stepId))
        return refuse('STEP_NOT_REQUIRED', 'This step is not required of the place.', '/stepId');
      return part(p.excused, d.stepId) === d.reason ? [] : [emit('StepExcused', d)];
    },
  }),
};
