/**
 * One answer of a department to several barriers, by the form of an answer to one: those that wait for it
 * are ticked first, and each is checked and answered by itself (docs/rules/barrier.md#several-at-once).
 */
import { grantName } from '../../domain/shared/access.js';
import type { Done, Given } from '../../http/give.js';
import { bodySchema, isObject } from '../../http/query/command-schema.js';
import {
  answerRoute,
  departmentAnswersAddress,
  mostBarriersAnswered,
  officialOf,
  withEach,
  type Tried,
} from '../../http/query/department-answers.js';
import { isFailed } from '../../http/query/rows.js';
import { Docket } from '../../http/questions/departments-shape.js';
import { notThere, Problem, type ProblemError } from '../../http/server/problem.js';
import { pageAddress } from '../address.js';
import type { Choice } from '../form/field.js';
import type { Inputs } from '../form/inputs.js';
import { stepsOf } from '../form/journeys.js';
import { ask } from '../page.js';
import type { Visit } from '../visit.js';
import { chooserOf } from './choices.js';
import { commandOf, waitsOf, type OneOf, type Possible, type Task } from './task.js';

export const departmentAnswersPage = pageAddress(departmentAnswersAddress);
export const addressOfAnswers = (departmentId: string): string =>
  departmentAnswersPage.replace(':id', encodeURIComponent(departmentId));
const name = `${answerRoute.aggregate.name}.${answerRoute.name}`;
/** The member that is not the answer's own. */
const member = 'barriers';
const title = 'Answer several barriers at once for your department';

/** As many as wait on a page of what it owes. */
const mostWaiting = '100';
const docket = ask('/v1/departments/:id/docket', Docket, { limit: mostWaiting });
/** What waits for an answer of the department. */
const answered: ReadonlySet<string> = new Set(['answer', 'rung']);

/** What became of it: of each barrier that was ticked. */
export type SeveralDone = readonly Tried<Done>[];

/** The barriers that wait, of those due first, as many as one answer can be given to. */
async function offeredTo(visit: Visit, departmentId: string) {
  const { department, items } = await docket(visit, departmentId, {});
  const barriers = new Map<string, Choice>();
  for (const item of items) {
    if (isFailed(item) || item.record.aggregate !== 'barrier' || !answered.has(item.code)) continue;
    const { id } = item.record;
    const places = item.places.map((place) => place.name).join(', ');
    barriers.set(id, { id, title: places === '' ? item.title : `${item.title} – ${places}` });
  }
  const grant = grantName(officialOf(departmentId));
  const asked = await Promise.all(
    [...barriers.values()].slice(0, mostBarriersAnswered).map(async (barrier) => {
      const { command } = await commandOf(visit, answerRoute, String(barrier.id));
      return command.possible === 'yes' && command.grants.includes(grant) ? [barrier] : [];
    }),
  );
  return { department, offered: asked.flat() };
}
type Offered = readonly Choice[];

/** The command of one barrier, asked of several: first of which, and with nothing that one says already. */
function commandFor(departmentId: string, offered: Offered): Possible {
  const { properties, required, ...schema } = bodySchema(answerRoute);
  const barriers = {
    type: 'array',
    label: 'Barriers that you answer',
    hint: `Each is answered by itself. Choose ${mostBarriersAnswered} or fewer.`,
    items: { type: 'string', field: 'ref', kind: 'barrier' },
  };
  return {
    name: answerRoute.name,
    title,
    possible: offered.length > 0 ? 'yes' : 'no',
    grants: offered.length > 0 ? [grantName(officialOf(departmentId))] : [],
    why: { detail: 'No barrier that you may answer waits for this department.' },
    schema: {
      ...schema,
      properties: { [member]: barriers, ...(isObject(properties) ? properties : {}) },
      required: [member, ...(Array.isArray(required) ? required : [])],
    },
    values: {},
  };
}

/** Throws the 404 of a department that is not there. */
export async function departmentAnswers(visit: Visit, departmentId: string): Promise<Task<SeveralDone>> {
  if (!visit.isSignedIn) throw notThere();
  const { department, offered } = await offeredTo(visit, departmentId);
  const { commands } = visit.web;
  const given = (body: unknown) => {
    const { [member]: ids = [], ...answer } = body as Readonly<Record<string, unknown>> & {
      readonly [member]?: readonly string[];
    };
    return { ids, answer };
  };
  const called = callerOf(visit, offered);
  const each = async <T>(asked: Given, act: (one: Given) => Promise<T>): Promise<readonly Tried<T>[]> => {
    const { ids, answer } = given(asked.body);
    const barriers = ids.map((id) => ({ id }));
    const tried = await withEach(departmentId, barriers, { ...asked, body: answer }, act);
    unlessNone(tried, called);
    return tried;
  };
  return {
    name,
    command: commandFor(departmentId, offered),
    recordId: undefined,
    isReplaceable: false,
    head: {
      title,
      caption: department.name,
      back: `/departments/${encodeURIComponent(departmentId)}`,
      address: addressOfAnswers(departmentId),
    },
    steps(members) {
      const [first = [], ...others] = stepsOf(
        name,
        members.filter((one) => one !== member),
      );
      return [[member, ...first], ...others];
    },
    chooser(root, inputs) {
      const ticked = inputs.all(member);
      // What else may be chosen is alike for all of them.
      const recordId = String(offered[0]?.id ?? ticked[0]);
      const ofOne = chooserOf({ visit, route: answerRoute, recordId, root, inputs });
      const gone = ticked.filter((id) => !offered.some((barrier) => barrier.id === id));
      const all = [...gone.map((id) => ({ id, title: called(id).title })), ...offered];
      return async (wanted) => (wanted.name === member ? { items: all, more: false } : ofOne(wanted));
    },
    idOf: (asked) => commands.idOf(answerRoute, asked),
    mistakes(body) {
      const { ids, answer } = given(body);
      return [...ticks(ids.length), ...commands.mistakes(answerRoute, answer)];
    },
    async check(asked) {
      const tried = await each(asked, (one) => commands.preview(answerRoute, one, visit.request));
      const taken = tried.filter((one) => 'done' in one);
      return {
        body: { ...given(asked.body).answer, [member]: taken.map(({ barrierId }) => barrierId) },
        would: taken.flatMap(({ done }) => done.would),
        waits: [],
        meets: [],
        each: tried.map((one) => ({
          ...called(one.barrierId),
          ...('done' in one
            ? { would: one.done.would, waits: waitsOf(one.done.due), refused: undefined }
            : { would: [], waits: [], refused: one.refused.detail }),
        })),
      };
    },
    give: (asked) => each(asked, (one) => commands.give(answerRoute, one, visit.request)),
  };
}

/** What a barrier is called, and where it is, as whoever answers may know. */
const callerOf =
  (visit: Visit, offered: Offered) =>
  (id: string): OneOf => ({
    title: offered.find((barrier) => barrier.id === id)?.title ?? visit.names().nameOf('barrier', id) ?? id,
    href: visit.names().hrefOf('barrier', id),
  });

/** How many may be ticked. */
function ticks(count: number): ProblemError[] {
  const path = `/${member}`;
  if (count === 0) return [{ path, message: 'Choose the barriers that you answer' }];
  return count > mostBarriersAnswered
    ? [{ path, message: `Choose ${mostBarriersAnswered} barriers or fewer` }]
    : [];
}

/**
 * Where none is taken, the form says why: at the fields that are wrong where each is refused alike, else of
 * each barrier by its name.
 */
function unlessNone(tried: readonly Tried<unknown>[], called: (id: string) => OneOf): void {
  const refused = tried.flatMap((one) => ('refused' in one ? [one] : []));
  const [first] = refused;
  if (!first || refused.length < tried.length) return;
  const { status, code, detail } = first.refused;
  if (refused.every((one) => one.refused.detail === detail)) throw first.refused;
  const message = refused.map((one) => `${called(one.barrierId).title}: ${one.refused.detail}`).join(' ');
  throw Problem.refused(status, code, message, { errors: [{ path: `/${member}`, message }] });
}

/** What became of each, for whoever gave it. */
export function becameOf(done: SeveralDone, visit: Visit) {
  const called = callerOf(visit, []);
  return {
    taken: done.flatMap((one) => ('done' in one ? [called(one.barrierId)] : [])),
    refused: done.flatMap((one) =>
      'refused' in one ? [{ ...called(one.barrierId), why: one.refused.detail }] : [],
    ),
  };
}
/** What was sent, with those barriers alone that were refused: what tries them again. */
export function againOf(
  done: SeveralDone,
  inputs: Inputs,
): readonly (readonly [name: string, value: string])[] {
  const answer = inputs.entries().filter(([input]) => !input.startsWith('_') && input !== member);
  const refused = done.flatMap((one) => ('refused' in one ? [[member, one.barrierId] as const] : []));
  return [...refused, ...answer];
}
