/** Barriers as a board: a column for each who must act, in it the barriers of each owner. */
import type { z } from 'zod';
import { isFailed } from '../../http/query/rows.js';
import type { AnswerOf, RowOf } from '../../http/query/declare.js';
import { BarrierRow } from '../../http/questions/barriers-shape.js';
import type { Row, Shown } from '../../http/words/shown.js';
import { pageAddress } from '../address.js';
import type { Visit } from '../visit.js';
import { choice } from '../../http/words/choices.js';
import { day, grouped } from '../../http/words/format.js';
import { labelOf } from '../../http/words/members.js';
import { costShown } from '../words/costs.js';

type Barrier = AnswerOf<typeof BarrierRow>;
type Owner = Barrier['owners'][number];

export interface Card {
  readonly title: string;
  readonly href: string;
  readonly illustrative: boolean;
  readonly rows: readonly Row[];
}
export interface Board {
  readonly columns: readonly {
    readonly title: string;
    readonly owners: readonly {
      readonly name: string;
      readonly href?: string;
      readonly cards: readonly Card[];
    }[];
  }[];
  /** Those of which nothing more can be shown. */
  readonly failed: readonly { readonly title: string; readonly href: string }[];
}

const text = (said: string): Shown => ({ is: 'text', text: said });
const over: ReadonlySet<string> = new Set(['removed', 'refused', 'closed', 'merged']);
/** The columns, in the order in which a barrier goes through them. */
const columns: readonly { readonly title: string; readonly has: (barrier: Barrier) => boolean }[] = [
  { title: 'Not yet said who must act', has: ({ locus, status }) => locus === null && !over.has(status) },
  ...(['whitehall', 'joint', 'local'] as const).map((locus) => ({
    title: choice(locus),
    has: (barrier: Barrier) => barrier.locus === locus && !over.has(barrier.status),
  })),
  { title: 'No longer waiting', has: ({ status }) => over.has(status) },
];

const inDays = (days: number): string => `${grouped(days)} ${days === 1 ? 'day' : 'days'}`;
/** What an owner said last, or is to say. */
function answerOf({ answer, dueOn, directionDueOn }: Owner): string {
  const due = directionDueOn === null ? '' : `; answers the direction by ${day(directionDueOn)}`;
  return answer === null
    ? `None yet; due ${day(dueOn)}${due}`
    : `${choice(answer.position)}, said on ${day(answer.on)}${due}`;
}
const costOf = ({ costs, costPence, costAtLeastPence }: Barrier): Shown =>
  costShown({ pence: costPence, atLeastPence: costAtLeastPence, isWithheld: costs.length > 0 });
/** What a card says of an owner: its answer, who gave it, when it acts, how far it was escalated. */
function ownerRows(owner: Owner, { answers }: Barrier): Row[] {
  const given = answers.findLast(({ agencyId }) => agencyId === owner.agencyId);
  return [
    { label: labelOf('answer'), value: text(answerOf(owner)) },
    ...(given?.official === undefined ? [] : [{ label: 'Named official', value: text(given.official) }]),
    ...(owner.answer?.dueOn === undefined
      ? []
      : [{ label: 'Acts by', value: text(day(owner.answer.dueOn)) }]),
    ...(owner.rung === 'owner' ? [] : [{ label: labelOf('rung'), value: text(choice(owner.rung, 'rung')) }]),
  ];
}

const pageAt = ({ id }: Pick<Barrier, 'id'>): string => `/barriers/${encodeURIComponent(id)}`;

/** Makes cards for one reader, by the schema of the list. */
class Cards {
  constructor(private readonly visit: Visit) {}

  of(barrier: Barrier, owner: Owner | undefined): Card {
    const { status, statusDays, asks, joined } = barrier;
    const shower = this.visit.showerOf(this.visit.context, {
      placeId: barrier.placeId,
      programmeId: barrier.programmeId,
    });
    const show = (member: keyof Barrier & string): Shown =>
      shower.show(BarrierRow.shape[member] as z.core.$ZodType, barrier[member], member, barrier);
    const others = joined.filter(({ placeId }) => placeId !== barrier.placeId);
    return {
      title: barrier.statement,
      // As it stood, where the list is told so.
      href: barrier.link === null ? pageAt(barrier) : pageAddress(barrier.link),
      illustrative: barrier.illustrative,
      rows: [
        { label: labelOf('placeId'), value: show('placeId') },
        { label: labelOf('kind'), value: show('kind') },
        { label: labelOf('status'), value: text(`${choice(status)}, for ${inDays(statusDays)}`) },
        ...(asks.length === 0
          ? []
          : [
              {
                label: 'Asked for',
                value: {
                  is: 'list' as const,
                  items: asks.map(({ remedy, dueOn }) => text(`${remedy}, by ${day(dueOn)}`)),
                },
              },
            ]),
        ...(owner ? ownerRows(owner, barrier) : []),
        ...(others.length === 0
          ? []
          : [
              {
                label: 'Also waited for by',
                value: {
                  is: 'list' as const,
                  items: others.map(({ placeId }) => shower.show(undefined, placeId, 'placeId')),
                },
              },
            ]),
        { label: 'Costs', value: costOf(barrier) },
      ],
    };
  }
}

/** The owners of some barriers with the cards of each; last, what nobody owns yet. */
function byOwner(barriers: readonly Barrier[], visit: Visit): Board['columns'][number]['owners'] {
  const cards = new Cards(visit);
  const names = visit.names();
  const owned = new Map<string, { name: string; href?: string; cards: Card[] }>();
  const nobody: Card[] = [];
  for (const barrier of barriers) {
    const owners = barrier.owners.filter(({ struck }) => !struck);
    if (owners.length === 0) nobody.push(cards.of(barrier, undefined));
    for (const owner of owners) {
      const href = names.hrefOf('agency', owner.agencyId);
      const of = owned.get(owner.agencyId) ?? { name: owner.agency, ...(href ? { href } : {}), cards: [] };
      of.cards.push(cards.of(barrier, owner));
      owned.set(owner.agencyId, of);
    }
  }
  const groups = [...owned.values()].sort((one, other) => one.name.localeCompare(other.name, 'en-GB'));
  return nobody.length === 0 ? groups : [...groups, { name: 'Nobody yet', cards: nobody }];
}

/** The rows of the list as a board. */
export function barrierBoard(rows: readonly RowOf<typeof BarrierRow>[], visit: Visit): Board {
  const whole = rows.filter((row): row is Barrier => !isFailed(row));
  return {
    columns: columns
      .map(({ title, has }) => ({ title, owners: byOwner(whole.filter(has), visit) }))
      .filter(({ owners }) => owners.length > 0),
    failed: rows.filter(isFailed).map(({ id }) => ({ title: id, href: pageAt({ id }) })),
  };
}
