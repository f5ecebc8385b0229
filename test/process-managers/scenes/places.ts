import { office, world } from '../../commands/world.js';
import type { Scene } from '../proof.js';

export const places: Scene[] = [
  {
    title: 'an enrolled place gets its stream',
    reactor: 'place-opener',
    async history(node) {
      await world(node.log, node.executor);
      for (const placeId of ['kent', 'leicester'])
        await node.must(office, 'programme', 'tp', 'EnrolPlace', {
          placeId,
          name: placeId,
          kind: 'pilot',
          region: 'England',
        });
    },
    writes: ['place-kent: PlaceOpened', 'place-leicester: PlaceOpened'],
  },
  {
    title: 'a place withdrawn before its stream is opened',
    reactor: 'place-opener',
    async history(node) {
      await world(node.log, node.executor);
      await node.must(office, 'programme', 'tp', 'EnrolPlace', {
        placeId: 'leicester',
        name: 'Leicester',
        kind: 'pilot',
        region: 'England',
      });
      await node.must(office, 'programme', 'tp', 'EnrolPlace', {
        placeId: 'kent',
        name: 'Kent',
        kind: 'pilot',
        region: 'South East',
      });
    },
    writes: ['place-leicester: PlaceOpened', 'place-kent: PlaceOpened'],
    meanwhile: {
      happens: async (node) =>
        void (await node.must(office, 'programme', 'tp', 'WithdrawPlace', {
          placeId: 'kent',
          reason: 'The council has left',
        })),
      writes: ['place-leicester: PlaceOpened', 'place-kent: StepRefused PLACE_WITHDRAWN'],
    },
  },
  {
    title: 'two programmes enrol one place at once: its stream is the first one’s, the other gives it up',
    reactor: 'place-opener',
    async history(node) {
      await world(node.log, node.executor);
      const other = { as: 'programme-office@programme:nh', account: 'office.nh' };
      const definition = {
        name: 'New Homes',
        kind: 'regional',
        ragScale: 'three',
        period: 'quarter',
        startOn: '2009-06-01',
        endOn: '2010-03-31',
      };
      await node.must(other, 'programme', 'nh', 'DefineProgramme', definition);
      await node.must(office, 'programme', 'tp', 'EnrolPlace', {
        placeId: 'kent',
        name: 'Kent',
        kind: 'pilot',
        region: 'South East',
      });
      await node.must(other, 'programme', 'nh', 'EnrolPlace', {
        placeId: 'kent',
        name: 'Kent',
        kind: 'parallel',
        region: 'South East',
      });
      await node.must(other, 'programme', 'nh', 'AddArea', {
        placeId: 'kent',
        code: 'E10000016',
        from: '2009-06-01',
      });
      const expectedVersion = (await node.log.read('programme-nh')).length;
      await node.must(
        other,
        'programme',
        'nh',
        'ChangePlaceKind',
        { placeId: 'kent', kind: 'pilot', reason: 'Larger' },
        { expectedVersion },
      );
    },
    writes: [
      'place-kent: PlaceOpened',
      'place-kent: StepRefused PLACE_ID_TAKEN',
      'place-kent: StepRefused NOTHING_TO_DO',
      'programme-nh: EnrolmentVoided',
    ],
  },
  {
    title: 'a place that becomes a pilot is owed a champion',
    reactor: 'place-opener',
    async history(node) {
      await world(node.log, node.executor);
      await node.must(office, 'programme', 'tp', 'EnrolPlace', {
        placeId: 'kent',
        name: 'Kent',
        kind: 'parallel',
        region: 'South East',
      });
      await node.must(
        office,
        'programme',
        'tp',
        'ChangePlaceKind',
        { placeId: 'kent', kind: 'pilot', reason: 'Joins the pilots' },
        { expectedVersion: (await node.log.read('programme-tp')).length },
      );
    },
    writes: ['place-kent: PlaceOpened', 'place-kent: PlaceKindNoted'],
  },
];
