/**
 * What a programme asks of its places: the sections of their returns, and steps by when
 * (docs/rules/programme.md).
 */
import { z } from 'zod';
import { refuse } from '../kernel/types.js';
import { part } from '../kernel/parts.js';
import {
  PlaceKind,
  RequiredStep,
  Section,
  doneWhenOf,
  givenRoundKinds,
  isOfItsKind,
  notClosed,
} from './state.js';
import { partId } from '../shared/values.js';
import { command, emit } from './events.js';
import * as wording from './wording.js';
import { atMost } from './limits.js';

const by = ['programme-office'] as const;

export const requirementCommands = {
  SetSubmissionTemplate: command(
    z.strictObject({
      roundKind: partId('round-kind').meta({ label: 'For which kind of round' }),
      placeKind: PlaceKind.meta({ label: 'For which places' }),
      sections: z.array(Section).min(1, 'Enter at least one section').max(atMost.sections).meta({
        from: '/templates/{roundKind}.{placeKind}/sections',
        label: 'Sections',
        hint: 'In the order in which they are answered.',
      }),
    }),
    {
      title: 'Set the template of a return',
      segment: 'templates',
      givenBy: by,
      allowedIn: notClosed,
      replaces: (state, data) => part(state.templates, `${data.roundKind}.${data.placeKind}`) !== undefined,
      refuses: { SECTION_DROPPED: 'rule', SECTION_TWICE: 'rule', ROUND_KIND_UNKNOWN: 'rule' },
      example: {
        roundKind: 'interim',
        placeKind: 'parallel',
        sections: [
          { sectionId: 'theme', title: 'Theme', prompt: 'Which theme are you working on?', kind: 'prose' },
        ],
      },
      decide(state, data) {
        if (new Set(data.sections.map((x) => x.sectionId)).size < data.sections.length)
          return refuse(
            'SECTION_TWICE',
            'A section id stands twice. Give each section its own.',
            '/sections',
          );
        const rounds = Object.values(state.rounds);
        if (!givenRoundKinds.includes(data.roundKind) && !rounds.some(({ kind }) => kind === data.roundKind))
          return refuse('ROUND_KIND_UNKNOWN', wording.noSuchRoundKind(data.roundKind), '/roundKind');
        const now = part(state.templates, `${data.roundKind}.${data.placeKind}`);
        const isOpen = rounds.some((r) => r.kind === data.roundKind && r.status === 'open');
        const dropped = isOpen
          ? (now?.sections ?? []).filter((x) => !data.sections.some((y) => y.sectionId === x.sectionId))
          : [];
        if (dropped.length > 0)
          return refuse('SECTION_DROPPED', wording.sectionsDropped(dropped.map((x) => x.title)), '/sections');
        return [emit('SubmissionTemplateSet', { ...data, version: (now?.version ?? 0) + 1 })];
      },
    },
  ),
  RequireSteps: command(
    z.strictObject({
      placeKind: PlaceKind.meta({ label: 'For which places' }),
      steps: z.array(RequiredStep).max(atMost.steps).meta({
        from: '/steps/{placeKind}',
        label: 'Steps',
        hint: 'Steps that are not named are not asked for.',
      }),
    }),
    {
      title: 'Say which steps a kind of place must take',
      segment: 'required-steps',
      givenBy: by,
      allowedIn: notClosed,
      replaces: (state, data) => part(state.steps, data.placeKind) !== undefined,
      refuses: {
        STEP_TWICE: 'rule',
        MILESTONE_UNKNOWN: 'rule',
        ROUND_UNKNOWN: 'rule',
        STEP_NEEDS_ITS_ROUND: 'rule',
        STEP_RULE_MISSING: 'rule',
      },
      example: {
        placeKind: 'pilot',
        steps: [
          {
            stepId: 'first-findings',
            name: 'First findings',
            doneWhen: 'return-submitted',
            due: { roundNo: 1 },
          },
        ],
      },
      decide(state, data) {
        if (new Set(data.steps.map((x) => x.stepId)).size < data.steps.length)
          return refuse('STEP_TWICE', 'A step stands twice.', '/steps');
        const steps = [];
        for (const [i, step] of data.steps.entries()) {
          const at = `/steps/${i}/due`;
          const round = 'roundNo' in step.due ? state.rounds[step.due.roundNo] : undefined;
          const milestone =
            'milestoneId' in step.due ? part(state.milestones, step.due.milestoneId) : undefined;
          if ('roundNo' in step.due && !round) return refuse('ROUND_UNKNOWN', wording.noSuchRound, at);
          const date = round?.window.to ?? milestone?.date;
          if (!date) return refuse('MILESTONE_UNKNOWN', wording.noSuchMilestone, at);
          const doneWhen = doneWhenOf(step);
          if (!doneWhen)
            return refuse('STEP_RULE_MISSING', wording.stepWithoutRule(step.name), `/steps/${i}/doneWhen`);
          if (isOfItsKind(step) && round?.kind !== step.stepId)
            return refuse('STEP_NEEDS_ITS_ROUND', wording.stepOfItsKind(step.stepId), at);
          if (!round && (doneWhen === 'return-submitted' || doneWhen === 'any-return-submitted'))
            return refuse('STEP_NEEDS_ITS_ROUND', wording.stepByReturn(step.name), at);
          steps.push({ ...step, doneWhen, dueOn: date.to, fuzzy: date.precision !== 'day' || date.tbc });
        }
        return [emit('StepsRequired', { placeKind: data.placeKind, steps })];
      },
    },
  ),
};
