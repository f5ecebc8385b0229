/** Which places a programme's page shows: a form whose answers stand in its address. */
import { partyAsked, placesAsked } from '../../http/questions/places-asked.js';
import { PlaceRow } from '../../http/questions/registers-shape.js';
import { choice } from '../../http/words/choices.js';
import type { Query } from '../address.js';
import type { Field } from '../filter.js';
import { askList, type Ask } from '../page.js';
import { colour } from '../words/colours.js';

const names = Object.keys(placesAsked.shape);
/** An address without any of it. */
export const noneAsked: Readonly<Record<string, undefined>> = Object.fromEntries(
  names.map((name) => [name, undefined]),
);

/** A programme has few places. */
const mostPlaces = '200';
const placesOf = askList('/v1/places', PlaceRow, (programmeId) => ({ programmeId, limit: mostPlaces }));
/** The regions of its places, in the order of the alphabet. */
export const regions: Ask<readonly string[]> = async (visit, id, asked) => {
  const { items } = await placesOf(visit, id, asked);
  const named = items.flatMap((place) => ('region' in place && place.region ? [place.region] : []));
  return [...new Set(named)].sort((one, other) => one.localeCompare(other, 'en-GB'));
};

interface Offered {
  readonly value: string;
  readonly text: string;
}
/** Who must act in it, and which regions it has. */
interface Known {
  readonly parties: readonly (Parameters<typeof partyAsked>[0] & { readonly name: string })[];
  readonly regions: readonly string[];
}
/** `asked`: what of it stands in the address. */
export function placesFilter(
  address: Query,
  { parties, regions: named }: Known,
): { readonly fields: readonly Field[]; readonly asked: Query; readonly isAsked: boolean } {
  const { kind, colour: colours } = placesAsked.shape;
  const asked = Object.fromEntries(Object.entries(address).filter(([name]) => names.includes(name)));
  const field = (name: string, label: string, offered: readonly Offered[]): Field[] => {
    const value = asked[name] ?? '';
    const isOther = value !== '' && !offered.some((one) => one.value === value);
    const options = [{ value: '', text: 'Any' }, ...(isOther ? [{ value, text: value }] : []), ...offered];
    const selected = options.map((one) => ({ ...one, selected: one.value === value }));
    return options.length > 1 ? [{ name, label, type: 'text', value, options: selected }] : [];
  };
  return {
    fields: [
      ...field(
        'kind',
        'Kind of place',
        kind.unwrap().options.map((value) => ({ value, text: choice(value) })),
      ),
      ...field(
        'colour',
        'Colour, the place’s or Whitehall’s',
        colours.unwrap().options.map((value) => ({ value, text: colour(value).word })),
      ),
      ...field(
        'mustAct',
        'Who must act',
        parties.map((party) => ({ value: partyAsked(party), text: party.name })),
      ),
      ...field(
        'region',
        'Region',
        named.map((value) => ({ value, text: value })),
      ),
    ],
    asked,
    isAsked: Object.keys(asked).length > 0,
  };
}
