/**
 * What a command would write, as whoever would give it is told (docs/rules/shared.md#previews): each event as
 * the timeline would tell it to them, who will be able to read it, and what waits for whom then.
 */
import { z } from 'zod';
import type { Authorising, Foreseen } from '../../commands/executor.js';
import { audienceIn, canSee } from '../../domain/shared/access.js';
import { dataFor } from '../../domain/kernel/types.js';
import { part } from '../../domain/kernel/parts.js';
import { entryOf, is } from '../../domain/registry.js';
import type { DueParty, Sitting } from '../../domain/progress/due-codes.js';
import { due } from '../../projections/views/due.js';
import type { DueRow } from '../../projections/views/due-items.js';
import { register } from '../../projections/views/register.js';
import type { QueryContext } from '../query/context.js';
import type { AnswerOf } from '../query/declare.js';
import { homeOf, resolveNames } from '../query/present-event.js';
import { CommandName, DayShape, EventType, PartyShape, Text, Version } from '../query/shapes.js';
import { approvalsAfter } from './approvals.js';
import { dueAfter, type Waits } from './due-after.js';
import { partyName, visibleItems } from './due-items.js';
import { readersOf, readersText } from './readers.js';

const Waiting = z
  .strictObject({
    code: z.string().meta({ description: 'What kind of thing is due, as in due items' }),
    text: Text,
    dueOn: DayShape,
    owedBy: z.array(PartyShape).meta({ description: 'Who must act' }),
  })
  .meta({ id: 'ForeseenDue', description: 'Something that waits for somebody' });
export const PreviewShape = z
  .strictObject({
    would: z
      .array(
        z.strictObject({
          type: EventType,
          text: Text.meta({ description: 'As the timeline would tell it to you, without its actor' }),
          audience: z
            .enum(['members', 'programme', 'public', 'auditors', 'administrators'])
            .meta({ description: 'The widest that will read it' }),
          readableBy: Text.meta({
            description:
              'Who will be able to read it: where the log says who may do what, with how many people of ' +
              'how many bodies that is by their grants of today; else with how many sit at a table that ' +
              'you see',
          }),
        }),
      )
      .meta({ description: 'What this command would write, oldest first; not what follows by itself' }),
    due: z.strictObject({
      opened: z.array(Waiting).meta({ description: 'What waits from then on' }),
      closed: z.array(Waiting).meta({ description: 'What waits no more' }),
    }),
    authorises: z
      .array(
        z.strictObject({
          command: CommandName,
          record: z.string().meta({ description: 'By its kind and id' }),
          meets: z
            .strictObject({ code: z.string(), detail: Text })
            .nullable()
            .meta({
              description:
                'What it would be refused with if you gave it today with such a decision, so far as its ' +
                'terms say; null where nothing but the decision is missing',
            }),
        }),
      )
      .optional()
      .meta({ description: 'Of the draft of a decision that authorises something' }),
    version: Version.meta({ description: 'Of the record that was looked at' }),
    replayed: z
      .literal(true)
      .optional()
      .meta({ description: 'There where this Idempotency-Key was used for just this: it is done' }),
  })
  .meta({ id: 'Preview', description: 'What a command would write' });

/** In the stead of a sentence that its author will not be told. */
const notShown = 'Something that will not be shown to you';

/** Who sits somewhere for a place, as it stands. */
function sitting(context: QueryContext, sits: Sitting['sits'], placeId: string): DueParty {
  const place = context.of(register).one('place', placeId)?.state;
  const table = context.of(register).one('collaborative', placeId)?.state;
  const department = place?.champion?.departmentId;
  if (sits === 'champion' && department) return { kind: 'department', id: department };
  const chair = part(table?.seats, table?.chair);
  if (sits === 'chair')
    return chair ? { kind: 'agency', id: chair.agencyId } : { kind: 'place', id: placeId };
  return { kind: 'programme-office', id: context.viewer.programmeOf(placeId) ?? '' };
}
const waits = (row: DueRow): Waits => ({ ...row, version: 0 });

/** `context`: of whoever would give it, now. */
export function previewShown(
  context: QueryContext,
  record: { readonly aggregate: string; readonly id: string },
  { events, access, version, replayed }: Foreseen,
  authorising: readonly Authorising[],
): AnswerOf<typeof PreviewShape> {
  const { viewer } = context;
  const home =
    homeOf(context, record.aggregate, record.id) ??
    access.programmeId ??
    (access.placeId === undefined ? undefined : viewer.programmeOf(access.placeId));
  const audience = audienceIn(viewer, access);
  const would = events.map((event) => {
    const entry = entryOf(event);
    const readers = readersOf(access, event.private);
    return {
      type: event.type,
      text: canSee(viewer, access, event)
        ? resolveNames(context, entry.describe(dataFor(entry, event.data, audience), event), home)
        : notShown,
      audience: readers,
      readableBy: readersText(context, access, event),
    };
  });
  const stream = `${record.aggregate}-${record.id}`;
  const before = visibleItems(context, context.of(due).ofRecord(stream)).map(waits);
  const { opened, closed } = dueAfter(before, events, {
    workingDays: context.deps.service.ref.workingDays,
    whoSits: (sits, placeId) => sitting(context, sits, placeId),
  });
  // With a place that leaves ends what waits for it, in whatever record.
  const left = events.flatMap((event) =>
    is(event, 'programme', 'PlaceWithdrawn')
      ? visibleItems(context, context.of(due).ofPlace(event.data.placeId)).map(waits)
      : [],
  );
  const seconded =
    record.aggregate === 'account' ? approvalsAfter(context, record.id, events) : { opened: [], closed: [] };
  const shown = (item: Pick<Waits, 'code' | 'deed' | 'dueOn' | 'owedBy'>) => ({
    code: item.code,
    text: resolveNames(context, item.deed, home),
    dueOn: item.dueOn,
    owedBy: item.owedBy.map((party) => ({ ...party, name: partyName(context, party) })),
  });
  const meeting = ({ authorised: { command, record: stream }, meets }: Authorising) => ({
    command,
    record: stream,
    meets: meets ? { code: meets.code, detail: resolveNames(context, meets.detail, home) } : null,
  });
  return {
    would,
    due: {
      opened: [...opened.filter((item) => canSee(viewer, access, item)), ...seconded.opened].map(shown),
      closed: [...closed, ...left, ...seconded.closed].map(shown),
    },
    ...(authorising.length > 0 ? { authorises: authorising.map(meeting) } : {}),
    version,
    ...(replayed ? { replayed } : {}),
  };
}
