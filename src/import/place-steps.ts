/** What is given of one place: by the programme’s office, and of its table by its own secretariat. */
import { beside } from './compare.js';
import type { ProgrammeFile } from './file.js';
import type { Path } from './read.js';
import type { Answers, Records } from './records.js';
import type { Standing, Step } from './step.js';
import { longDate } from '../domain/shared/values.js';

type Place = ProgrammeFile['places'][number];
type Collaborative = NonNullable<Place['collaborative']>;

export const placeSteps = (file: ProgrammeFile, place: Place, path: Path): Step[] => [
  ...enrolment(file, place, path),
  ...ownRecord(file, place, path),
  ...(place.collaborative ? table(place, place.collaborative, [...path, 'collaborative']) : []),
];
const office = ({ programme }: ProgrammeFile): string => `programme-office@programme:${programme.id}`;
const keyOf = (place: Place): string => `place ${place.placeId}`;

function enrolment(file: ProgrammeFile, place: Place, path: Path): Step[] {
  const { placeId, name, kind, region, areas } = place;
  const enrolledIn = async (records: Records) =>
    (await records.read('programmes', file.programme.id))?.places[placeId];
  const given = { aggregate: 'programme', recordId: file.programme.id, grant: office(file) };
  return [
    {
      ...given,
      key: keyOf(place),
      needs: ['programme'],
      path,
      text: `Enrol ${name} as a ${kind === 'pilot' ? 'pilot' : 'parallel place'}`,
      command: 'EnrolPlace',
      body: { placeId, name, kind, region },
      stands: async (records) =>
        beside(await enrolledIn(records), { name, kind, region, status: 'enrolled' }),
    },
    ...areas.map(({ code, from }, i): Step => ({
      ...given,
      key: `area ${placeId} ${code}`,
      needs: [keyOf(place)],
      path: [...path, 'areas', i],
      text: `Add the area ${code} to ${name} from ${longDate(from)}`,
      command: 'AddArea',
      body: { placeId, code, from },
      async stands(records) {
        const held = (await enrolledIn(records))?.areas.find((area) => area.code === code && !area.to);
        return beside(held, { from });
      },
    })),
  ];
}

/** What stands in the place’s own record. */
function ownRecord(file: ProgrammeFile, place: Place, path: Path): Step[] {
  const { placeId, name, population, accountableBodyId, leadContact, champion } = place;
  const part = (
    member: string,
    text: string,
    command: string,
    body: Step['body'],
    stands: (record: Answers['places']) => Standing,
    needs: readonly string[] = [],
  ): Step => ({
    key: `${member} ${placeId}`,
    needs: [keyOf(place), ...needs],
    path: [...path, member],
    text,
    aggregate: 'place',
    recordId: placeId,
    command,
    body,
    grant: office(file),
    async stands(records) {
      const record = await records.read('places', placeId);
      return record ? stands(record) : 'new';
    },
  });
  const agencyName = (id: string): string => file.agencies.find((one) => one.id === id)?.name ?? id;
  const agencyKey = (id: string | undefined): string[] => (id === undefined ? [] : [`agency ${id}`]);
  return [
    ...(population
      ? [
          part('population', `Record the population of ${name}`, 'RecordPopulation', population, (record) =>
            record.population === null
              ? 'new'
              : beside(
                  {
                    value: record.population,
                    referenceOn: record.populationOn,
                    source: record.populationSource,
                  },
                  population,
                ),
          ),
        ]
      : []),
    ...(accountableBodyId === undefined
      ? []
      : [
          part(
            'accountableBodyId',
            `Nominate the accountable body of ${name}`,
            'NominateAccountableBody',
            { agencyId: accountableBodyId },
            (record) => (record.accountableBodyId === null ? 'new' : beside(record, { accountableBodyId })),
            agencyKey(accountableBodyId),
          ),
        ]),
    // Who it is stands in no answer: given again, the same changes nothing.
    ...(leadContact === undefined
      ? []
      : [
          part(
            'leadContact',
            `Nominate the lead contact of ${name}`,
            'NominateLeadContact',
            { account: leadContact },
            () => 'new',
          ),
        ]),
    ...(champion
      ? [
          part(
            'champion',
            `Assign the champion of ${name}`,
            'AssignChampion',
            champion,
            ({ champion: held }) =>
              held === null
                ? 'new'
                : beside(held, {
                    name: file.people.find((p) => p.account === champion.account)?.name ?? champion.account,
                    department:
                      champion.departmentId === undefined ? null : agencyName(champion.departmentId),
                  }),
            agencyKey(champion.departmentId),
          ),
        ]
      : []),
    ...place.themes.map((theme, i): Step => {
      const { themeId, title } = theme;
      return {
        ...part(
          'themes',
          `Propose the theme ${title} of ${name}`,
          'ProposeTheme',
          theme,
          ({ themes }) =>
            beside(
              themes.find((one) => one.themeId === themeId),
              { title },
            ),
          theme.policyThemeIds.map((id) => `policy theme ${id}`),
        ),
        key: `theme ${placeId} ${themeId}`,
        path: [...path, 'themes', i],
      };
    }),
  ];
}

/** Who sits at its table is its secretariat’s alone. */
function table(place: Place, collaborative: Collaborative, path: Path): Step[] {
  const { placeId, name } = place;
  const { seats, ...terms } = collaborative;
  const grant = `secretariat@place:${placeId}`;
  const established = `collaborative ${placeId}`;
  return [
    {
      key: established,
      needs: [keyOf(place)],
      path,
      text: `Establish the collaborative of ${name}`,
      aggregate: 'collaborative',
      command: 'EstablishCollaborative',
      body: { placeId, ...terms },
      grant,
      stands: async (records) => beside(await records.read('collaboratives', placeId), terms),
    },
    ...seats.map((seat, i): Step => {
      const { seatId, ...offered } = seat;
      return {
        key: `seat ${placeId} ${seatId}`,
        needs: [established, `agency ${seat.agencyId}`],
        path: [...path, 'seats', i],
        text: `Offer the seat ${seatId} at the table of ${name}`,
        aggregate: 'collaborative',
        recordId: placeId,
        command: 'OfferSeat',
        body: seat,
        grant,
        async stands(records) {
          const record = await records.read('collaboratives', placeId);
          return beside(
            record?.seats.find((one) => one.seatId === seatId),
            offered,
          );
        },
      };
    }),
  ];
}
