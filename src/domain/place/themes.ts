/**
 * Commands on a place's themes: proposed, confirmed by its chair, renamed, dropped while no promise is made
 * under them (docs/rules/place.md#themes).
 */
import { z } from 'zod';
import { isRefusal, refuse, type PartOf } from '../kernel/types.js';
import { held, part, partOr } from '../kernel/parts.js';
import { command, emit } from './events.js';
import { live, onlyChair, withdrawn } from './rules.js';
import type { PlaceState } from './state.js';

type Theme = PlaceState['themes'][keyof PlaceState['themes']];
import { seatRefusal, withdrawnRefusal } from '../shared/seats.js';
import { Prose, partId, NewPartId, Reason } from '../shared/values.js';
import * as wording from './wording.js';
import { atMost } from './limits.js';

const themed = { ...withdrawn, THEME_UNKNOWN: 'rule' } as const;
const noTheme = () => refuse('THEME_UNKNOWN', 'The place has no such theme.', '/themeId');
/** A command is about a theme, one of these. */
const aboutTheme = (which: (theme: Theme) => boolean) => ({
  member: 'themeId' as const,
  among: (state: PlaceState): PartOf[] =>
    Object.entries(state.themes).flatMap(([id, theme]) => (which(theme) ? [{ id, title: theme.title }] : [])),
});
/** A theme that was not dropped. */
function standingTheme(state: PlaceState, themeId: string) {
  const theme = partOr(state.themes, themeId, noTheme);
  return isRefusal(theme) || theme.status !== 'dropped' ? theme : noTheme();
}

const RenameThemeData = z.strictObject({
  themeId: partId('theme').meta({ label: 'Theme' }),
  title: Prose('title').meta({ label: 'New name of the theme', from: '/themes/{themeId}/title' }),
});

export const themeCommands = {
  ProposeTheme: command(
    z.strictObject({
      themeId: NewPartId,
      title: Prose('title').meta({ label: 'What the theme is called' }),
      rationale: Prose().optional().meta({ label: 'Why it matters' }),
      exclusions: Prose('remark').optional().meta({ label: 'What it leaves out' }),
      parentThemeId: partId('theme').optional().meta({ label: 'Theme that it is a part of' }),
      policyThemeIds: z
        .array(partId('policy-theme', 'programme'))
        .max(atMost.policyThemes)
        .default([])
        .meta({ label: 'Policy themes of the programme that it belongs to' }),
    }),
    {
      title: 'Propose a theme',
      segment: 'themes',
      givenBy: ['secretariat', 'programme-office'],
      allowedIn: live,
      refuses: { ...themed, THEME_EXISTS: 'state' },
      example: { themeId: 'housing', title: 'Housing and regeneration', policyThemeIds: [] },
      guard: (_s, context) => withdrawnRefusal(context, context.recordId),
      decide(state, data, context) {
        if (part(state.themes, data.themeId))
          return refuse('THEME_EXISTS', 'There is a theme with this id. Choose another.', '/themeId');
        if (data.parentThemeId && (part(state.themes, data.parentThemeId)?.status ?? 'dropped') === 'dropped')
          return refuse('THEME_UNKNOWN', 'The theme above does not exist.', '/parentThemeId');
        const policy = context.read('programme', state.programmeId).state.policyThemes;
        if (data.policyThemeIds.some((id) => part(policy, id)?.status !== 'active'))
          return refuse(
            'THEME_UNKNOWN',
            'There is no such policy theme in the programme.',
            '/policyThemeIds',
          );
        return [emit('ThemeProposed', data)];
      },
    },
  ),
  ConfirmTheme: command(z.strictObject({ themeId: partId('theme').meta({ label: 'Theme' }) }), {
    title: 'Confirm a theme',
    segment: 'theme-confirmations',
    givenBy: ['chair', 'secretariat', 'programme-office'],
    allowedIn: live,
    part: aboutTheme(({ status }) => status === 'proposed'),
    apart: {
      code: 'SOD_CONFLICT',
      after: ['ThemeProposed', 'ThemeRenamed'],
      ofPart: true,
      // Where no chair confirms, the office that proposes does.
      but: (_act, _s, context) => context.actor.role !== 'chair',
      detail: 'You proposed or named this theme. Somebody else confirms it.',
    },
    refuses: { ...themed, NOT_A_SEAT_HOLDER: 'who', ONLY_THE_CHAIR_CONFIRMS: 'who' },
    example: { themeId: 'housing' },
    guard(state, context, themeId) {
      const theme =
        withdrawnRefusal(context, context.recordId) ??
        onlyChair(state, context) ??
        seatRefusal(context, context.recordId) ??
        standingTheme(state, themeId);
      return isRefusal(theme) ? theme : undefined;
    },
    decide(state, data) {
      const theme = held(state.themes, data.themeId);
      return theme.status === 'confirmed'
        ? []
        : [emit('ThemeConfirmed', { themeId: data.themeId, title: theme.title })];
    },
  }),
  RenameTheme: command(RenameThemeData, {
    title: 'Rename a theme',
    segment: 'theme-names',
    givenBy: ['secretariat', 'programme-office'],
    allowedIn: live,
    replaces: true,
    refuses: themed,
    example: { themeId: 'housing', title: 'Housing' },
    part: aboutTheme(({ status }) => status !== 'dropped'),
    guard(state, context, themeId) {
      const theme = withdrawnRefusal(context, context.recordId) ?? standingTheme(state, themeId);
      return isRefusal(theme) ? theme : undefined;
    },
    decide(state, data) {
      const theme = held(state.themes, data.themeId);
      return theme.title === data.title
        ? []
        : [emit('ThemeRenamed', { themeId: data.themeId, from: theme.title, to: data.title })];
    },
  }),
  DropTheme: command(z.strictObject({ themeId: partId('theme').meta({ label: 'Theme' }), reason: Reason }), {
    title: 'Drop a theme',
    segment: 'theme-drops',
    // Whether it may be dropped tells of promises that may be open to members alone.
    givenBy: ['secretariat'],
    allowedIn: live,
    refuses: { ...themed, THEME_IN_USE: 'state' },
    example: { themeId: 'housing', reason: 'Merged into another' },
    part: aboutTheme(({ status }) => status !== 'dropped'),
    guard(state, context, themeId) {
      const theme = withdrawnRefusal(context, context.recordId) ?? partOr(state.themes, themeId, noTheme);
      if (isRefusal(theme)) return theme;
      if (theme.status === 'dropped') return undefined;
      const using = context.views.liveCommitments(context.recordId).filter((c) => c.themeId === themeId);
      return using.length > 0
        ? refuse('THEME_IN_USE', wording.themeInUse(using.map((c) => c.id)), '/themeId')
        : undefined;
    },
    decide(state, data) {
      const theme = held(state.themes, data.themeId);
      return theme.status === 'dropped'
        ? []
        : [emit('ThemeDropped', { themeId: data.themeId, title: theme.title, reason: data.reason })];
    },
  }),
};
