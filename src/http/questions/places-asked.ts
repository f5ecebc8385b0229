/** Which places of a programme are asked for; what is counted of the programme counts all of them. */
import { z } from 'zod';
import { part } from '../../domain/kernel/parts.js';
import { partyKinds } from '../../domain/progress/due-codes.js';
import { register } from '../../projections/views/register.js';
import type { QueryContext } from '../query/context.js';
import type { AnswerOf } from '../query/declare.js';
import { digest } from '../query/etag.js';
import { ColourShape } from '../query/shapes.js';
import type { ProgrammePage } from './progress-shape.js';

type Place = AnswerOf<typeof ProgrammePage>['places'][number];
type Told = Extract<Place, { readonly rag: unknown }>;
type Party = Told['reasons'][number]['owedBy'][number];

/** Characters at most of a region’s name, and of an id. */
const [longestRegion, longestId] = [200, 128];
/** Somebody who must act, as an address says it: `department:cabinet-office`. */
export const partyAsked = ({ kind, id }: Pick<Party, 'kind' | 'id'>): string => `${kind}:${id}`;
export const placesAsked = z.object({
  kind: z.enum(['pilot', 'parallel']).optional().meta({ description: 'Places of this kind alone' }),
  colour: ColourShape.optional().meta({
    description: 'Places that have this colour, for what they owe or for what Whitehall owes them',
  }),
  mustAct: z
    .string()
    .regex(
      new RegExp(String.raw`^(${partyKinds.join('|')}):[^\s:]{1,${longestId}}$`),
      'Enter a kind and an id, like department:cabinet-office',
    )
    .optional()
    .meta({
      description:
        'Places in whose reasons this body has something to do: kind and id, as `totals.mustAct` has them',
    }),
  region: z
    .string()
    .max(longestRegion)
    .optional()
    .meta({ description: 'Places of this region alone, as it is written in their records' }),
});
type Asked = z.output<typeof placesAsked>;

const names = Object.keys(placesAsked.shape) as readonly (keyof Asked)[];
/** Of an answer that tells these places alone. */
export const tagOfAsked = (asked: Asked): string =>
  names.some((name) => asked[name] !== undefined)
    ? digest(JSON.stringify(names.map((name) => asked[name])))
    : '';

/** The places that were asked for. One of which nothing can be said may be so: it is left in. */
export function askedAmong<P extends Place>(
  context: QueryContext,
  programmeId: string,
  places: readonly P[],
  { kind, region, ...asked }: Asked,
): P[] {
  const enrolled = context.of(register).one('programme', programmeId)?.state.places;
  return places.filter(
    (place) =>
      (kind === undefined || place.kind === kind) &&
      (region === undefined || part(enrolled, place.id)?.region === region) &&
      (!('rag' in place) || isAsked(place, asked)),
  );
}
function isAsked(
  { rag, whitehallRag, reasons }: Pick<Told, 'rag' | 'whitehallRag' | 'reasons'>,
  { colour, mustAct }: Pick<Asked, 'colour' | 'mustAct'>,
): boolean {
  if (colour !== undefined && rag !== colour && whitehallRag !== colour) return false;
  return (
    mustAct === undefined || reasons.some(({ owedBy }) => owedBy.some((who) => partyAsked(who) === mustAct))
  );
}
