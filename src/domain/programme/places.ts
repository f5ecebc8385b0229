/**
 * Commands on a programme's places: a set small enough to be one stream, so that names, kinds and areas are
 * decided exactly (docs/rules/programme.md#places).
 */
import { z } from 'zod';
import { isRefusal, refuse, type Context, refusedIn, type PartOf } from '../kernel/types.js';
import { part, partOr, held } from '../kernel/parts.js';
import { DateOn, GssCode, Id, Prose, idOf, partId, Reason } from '../shared/values.js';
import { PlaceKind, foldName, notClosing, type Overlap, type ProgrammeState } from './state.js';
import { command, emit } from './events.js';
import { placeNotEnrolled } from '../shared/wording.js';
import * as wording from './wording.js';

const by = ['programme-office'] as const;

const placed = { PLACE_UNKNOWN: 'rule', PLACE_WITHDRAWN: 'state' } as const;
const unknownPlace = () => refuse('PLACE_UNKNOWN', placeNotEnrolled, '/placeId');
/** A place that is enrolled. */
const aboutPlace = {
  member: 'placeId' as const,
  among: (state: ProgrammeState): PartOf[] =>
    Object.entries(state.places).flatMap(([id, { name, status }]) =>
      status === 'enrolled' ? [{ id, title: name }] : [],
    ),
};
function taken(state: ProgrammeState, name: string, but?: string) {
  const clash = Object.entries(state.places).find(
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
 * Whose a place is, its own stream says, read directly (docs/rules/programme.md#whose-a-place-is): until one
 * programme has opened it, each that enrolled it may prepare it; from then on it is nobody else's, whatever
 * their streams say.
 */
export function isOurs(placeId: string, context: Context): boolean {
  const { status, programmeId } = context.read('place', placeId).state;
  return status === 'none' || programmeId === context.recordId;
}
/**
 * Enrolled, and not withdrawn: nothing more is recorded for a place that has left
 * (docs/rules/programme.md#places).
 */
function placeHere(state: ProgrammeState, placeId: string, context: Context) {
  const p = ourPlace(state, placeId, context);
  if (isRefusal(p)) return p;
  return p.status === 'withdrawn' ? refuse('PLACE_WITHDRAWN', wording.placeWithdrawn(p.name), '/placeId') : p;
}
/** Enrolled here at some time, and no other programme's. */
function ourPlace(state: ProgrammeState, placeId: string, context: Context) {
  const p = partOr(state.places, placeId, unknownPlace);
  return isRefusal(p) || isOurs(placeId, context) ? p : unknownPlace();
}
/** A pilot's area, or one that contains it or lies in it, is no other pilot's. */
function inAnotherPilot(
  state: ProgrammeState,
  placeId: string,
  codes: readonly string[],
  from: string,
  context: Context,
) {
  for (const [id, p] of Object.entries(state.places)) {
    if (id === placeId || p.kind !== 'pilot' || p.status !== 'enrolled') continue;
    const clash = p.areas.find(
      (a) => (!a.to || from <= a.to) && codes.some((c) => context.ref.areas.overlap(a.code, c)),
    );
    if (clash)
      return refuse('AREA_IN_ANOTHER_PILOT', wording.areaOfAnotherPilot(clash.code, p.name), '/code');
  }
  return undefined;
}

/** What of these areas is ground of a place of the other kind: no refusal, but said on both. */
function overlapsOf(
  state: ProgrammeState,
  placeId: string,
  kind: 'pilot' | 'parallel',
  codes: readonly string[],
  from: string,
  context: Context,
): { overlaps?: Overlap[] } {
  const overlaps = Object.entries(state.places)
    .filter(([id, p]) => id !== placeId && p.kind !== kind && p.status === 'enrolled')
    .flatMap(([id, p]) =>
      codes.flatMap((code) =>
        p.areas
          .filter((a) => (!a.to || from <= a.to) && context.ref.areas.overlap(a.code, code))
          .map((a) => ({ code, placeId: id, theirCode: a.code })),
      ),
    );
  return overlaps.length > 0 ? { overlaps } : {};
}

const RenamePlaceData = z.strictObject({
  placeId: idOf('place').meta({ label: 'Place' }),
  name: Prose('name').meta({ label: 'New name of the place', from: '/places/{placeId}/name' }),
});
const AddAreaData = z.strictObject({
  placeId: idOf('place').meta({ label: 'Place' }),
  code: GssCode.meta({ label: 'Code of the area', hint: 'Nine characters, like E06000047.' }),
  from: DateOn.meta({ label: 'First day' }),
});
const EndAreaData = z.strictObject({
  placeId: idOf('place').meta({ label: 'Place' }),
  code: GssCode.meta({ label: 'Code of the area', hint: 'Nine characters, like E06000047.' }),
  to: DateOn.meta({ label: 'Last day' }),
});
const WithdrawPlaceData = z.strictObject({ placeId: idOf('place').meta({ label: 'Place' }), reason: Reason });
const ExcuseStepData = z.strictObject({
  placeId: idOf('place').meta({ label: 'Place' }),
  stepId: partId('step').meta({ label: 'Step' }),
  reason: Reason,
});

export const placeCommands = {
  EnrolPlace: command(
    z.strictObject({
      placeId: Id.meta({
        field: 'line',
        label: 'Short name of the place',
        hint: 'Lower-case letters, digits and hyphens, like leicester-leicestershire. It never changes.',
      }),
      name: Prose('name').meta({ label: 'What the place is called' }),
      kind: PlaceKind.meta({ label: 'What kind of place it is' }),
      region: Prose('label').meta({ label: 'Region' }),
    }),
    {
      title: 'Enrol a place',
      segment: 'places',
      givenBy: by,
      allowedIn: notClosing,
      refuses: { PLACE_ID_TAKEN: 'state', PLACE_NAME_TAKEN: 'state', PLACE_EXISTS: 'state' },
      example: { placeId: 'durham', name: 'Durham', kind: 'pilot', region: 'North East' },
      decide(state, data, context) {
        if (!isOurs(data.placeId, context))
          return refuse('PLACE_ID_TAKEN', wording.placeOfAnother(data.placeId), '/placeId');
        if (part(state.places, data.placeId))
          return refuse('PLACE_EXISTS', 'This place is enrolled already. Choose another id.', '/placeId');
        return taken(state, data.name) ?? [emit('PlaceEnrolled', data)];
      },
    },
  ),
  /**
   * PlaceOpener: two programmes enrolled one id at once, and the other was first to open it. What was
   * prepared for it here goes.
   */
  VoidEnrolment: command(z.strictObject({ placeId: Id }), {
    title: 'Give up a place whose id another programme took first',
    givenBy: ['system'],
    refuses: {},
    example: { placeId: 'durham' },
    decide(state, data, context) {
      const p = part(state.places, data.placeId);
      return p && !isOurs(data.placeId, context)
        ? [emit('EnrolmentVoided', { placeId: data.placeId, name: p.name })]
        : [];
    },
  }),
  RenamePlace: command(RenamePlaceData, {
    title: 'Rename a place',
    segment: 'place-names',
    givenBy: by,
    allowedIn: notClosing,
    replaces: true,
    refuses: { PLACE_NAME_TAKEN: 'state', ...placed },
    example: { placeId: 'durham', name: 'County Durham' },
    part: aboutPlace,
    guard: (state, context, placeId) => refusedIn(placeHere(state, placeId, context)),
    decide(state, data) {
      const p = held(state.places, data.placeId);
      if (p.name === data.name) return [];
      return (
        taken(state, data.name, data.placeId) ?? [
          emit('PlaceRenamed', { placeId: data.placeId, from: p.name, to: data.name }),
        ]
      );
    },
  }),
  ChangePlaceKind: command(
    z.strictObject({
      placeId: idOf('place').meta({ label: 'Place' }),
      kind: PlaceKind.meta({
        label: 'What kind of place it is from now on',
        from: '/places/{placeId}/kind',
      }),
      reason: Reason,
    }),
    {
      title: 'Change a place’s kind',
      segment: 'place-kinds',
      givenBy: by,
      allowedIn: notClosing,
      replaces: true,
      refuses: { ...placed, AREA_IN_ANOTHER_PILOT: 'state' },
      example: { placeId: 'suffolk', kind: 'pilot', reason: 'Joins the pilots' },
      part: aboutPlace,
      guard: (state, context, placeId) => refusedIn(placeHere(state, placeId, context)),
      decide(state, data, context) {
        const p = held(state.places, data.placeId);
        if (p.kind === data.kind) return [];
        const codes = p.areas.filter((a) => !a.to || context.today <= a.to).map((a) => a.code);
        const clash =
          data.kind === 'pilot'
            ? inAnotherPilot(state, data.placeId, codes, context.today, context)
            : undefined;
        return (
          clash ?? [
            emit('PlaceKindChanged', {
              placeId: data.placeId,
              from: p.kind,
              to: data.kind,
              reason: data.reason,
              ...overlapsOf(state, data.placeId, data.kind, codes, context.today, context),
            }),
          ]
        );
      },
    },
  ),
  AddArea: command(AddAreaData, {
    title: 'Add an area to a place',
    segment: 'areas',
    renamed: { on: 'from' },
    givenBy: by,
    allowedIn: notClosing,
    schedules: true,
    refuses: { ...placed, AREA_NOT_VALID_ON_DATE: 'rule', AREA_IN_ANOTHER_PILOT: 'state' },
    example: { placeId: 'durham', code: 'E06000047', from: '2009-06-01' },
    part: aboutPlace,
    guard: (state, context, placeId) => refusedIn(placeHere(state, placeId, context)),
    decide(state, data, context) {
      const p = held(state.places, data.placeId);
      const area = context.ref.areas.get(data.code);
      if (!area) return refuse('AREA_NOT_VALID_ON_DATE', wording.areaUnknown(data.code), '/code');
      if (!context.ref.areas.validOn(data.code, data.from)) {
        const successors = area.to && area.to < data.from ? area.successors : [];
        return refuse(
          'AREA_NOT_VALID_ON_DATE',
          wording.areaNotValid({ ...area, code: data.code }, data.from, successors),
          '/code',
        );
      }
      if (p.areas.some((a) => a.code === data.code && !a.to)) return [];
      const clash =
        p.kind === 'pilot' ? inAnotherPilot(state, data.placeId, [data.code], data.from, context) : undefined;
      return (
        clash ?? [
          emit('AreaAdded', {
            placeId: data.placeId,
            code: data.code,
            ...(area.snac ? { snac: area.snac } : {}),
            name: area.name,
            from: data.from,
            ...overlapsOf(state, data.placeId, p.kind, [data.code], data.from, context),
          }),
        ]
      );
    },
  }),
  EndArea: command(EndAreaData, {
    title: 'End an area of a place',
    segment: 'area-ends',
    renamed: { on: 'to' },
    givenBy: by,
    allowedIn: notClosing,
    schedules: true,
    refuses: { ...placed, AREA_UNKNOWN: 'rule' },
    example: { placeId: 'durham', code: 'E06000047', to: '2010-03-31' },
    part: aboutPlace,
    guard: (state, context, placeId) => refusedIn(placeHere(state, placeId, context)),
    decide(state, data) {
      const p = held(state.places, data.placeId);
      const area = p.areas.find((a) => a.code === data.code && !a.to);
      if (!area || data.to < area.from)
        return refuse('AREA_UNKNOWN', 'The place has no such area on that date.', '/code');
      return [emit('AreaEnded', { placeId: data.placeId, code: data.code, on: data.to })];
    },
  }),
  WithdrawPlace: command(WithdrawPlaceData, {
    title: 'Withdraw a place',
    segment: 'place-withdrawals',
    givenBy: by,
    refuses: { PLACE_UNKNOWN: 'rule' },
    example: { placeId: 'durham', reason: 'The councils have left the programme' },
    part: aboutPlace,
    guard: (state, context, placeId) => refusedIn(ourPlace(state, placeId, context)),
    decide: (state, data) =>
      held(state.places, data.placeId).status === 'withdrawn' ? [] : [emit('PlaceWithdrawn', data)],
  }),
  ExcuseStep: command(ExcuseStepData, {
    title: 'Excuse a place from a step',
    segment: 'step-excuses',
    givenBy: by,
    allowedIn: notClosing,
    replaces: (state, data) =>
      ![undefined, data.reason].includes(part(part(state.places, data.placeId)?.excused, data.stepId)),
    refuses: { ...placed, STEP_NOT_REQUIRED: 'rule' },
    example: { placeId: 'kent', stepId: 'pools', reason: 'Aligns budgets by a council order instead' },
    part: aboutPlace,
    guard: (state, context, placeId) => refusedIn(placeHere(state, placeId, context)),
    decide(state, data) {
      const p = held(state.places, data.placeId);
      const step = (part(state.steps, p.kind) ?? []).find((x) => x.stepId === data.stepId);
      if (!step) return refuse('STEP_NOT_REQUIRED', 'This step is not required of the place.', '/stepId');
      return part(p.excused, data.stepId) === data.reason
        ? []
        : [emit('StepExcused', { ...data, name: step.name })];
    },
  }),
};
