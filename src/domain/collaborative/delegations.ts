/** Commands on delegations: a seat-holder names for a time who acts for them (domain.md 9.4). */
import { z } from 'zod';
import { addDays, daysBetween } from '../shared/calendar.js';
import { refuse } from '../kernel/types.js';
import { command, emit } from './events.js';
import { accepted, held, live } from './state.js';
import { seatRefusal } from '../shared/seats.js';
import { AccountId, DateOn, PersonAccount } from '../shared/values.js';

export const delegationCommands = {
  NominateDelegate: command(z.strictObject({ to: PersonAccount, startOn: DateOn, endOn: DateOn }), {
    title: 'Name a delegate for a time',
    segment: 'delegations',
    givenBy: ['seat-holder', 'chair'],
    allowedIn: live,
    refuses: { CANNOT_DELEGATE: 'rule', OBSERVERS_ONLY: 'rule', ONLY_SEAT_HOLDERS_DELEGATE: 'who' },
    example: { to: 'post.deputy.durham-constabulary', startOn: '2009-10-01', endOn: '2009-10-31' },
    decide(s, d, ctx) {
      const { account, agency } = ctx.actor;
      const seat = accepted(s).find(
        (x) => x.account === account && x.agencyId === agency && x.kind === 'voting',
      );
      if (s.delegations.some((x) => x.to === account && x.endOn >= ctx.today))
        return refuse('CANNOT_DELEGATE', 'A delegate cannot delegate again.');
      if (!seat)
        return refuse(
          'ONLY_SEAT_HOLDERS_DELEGATE',
          'Only the holder of the agency’s voting seat names its delegate.',
        );
      const theirs = Object.values(s.seats).filter((x) => x.account === d.to && held(x));
      // A delegate votes: whom the rules let only observe gets no vote by this way either.
      const champion = ctx.read('place', ctx.recordId).state.champion?.accountId === d.to;
      if (champion || theirs.some((x) => ctx.read('agency', x.agencyId).state.sector === 'department'))
        return refuse(
          'OBSERVERS_ONLY',
          'Champions and officials of departments may be observers only. Name somebody of your own agency.',
          '/to',
        );
      if (theirs.length > 0)
        return refuse(
          'CANNOT_DELEGATE',
          'The delegate holds a seat already. Name somebody without one.',
          '/to',
        );
      if (d.startOn > d.endOn || daysBetween(d.startOn, d.endOn) > 90 || d.endOn < ctx.today)
        return refuse(
          'CANNOT_DELEGATE',
          `A delegation lasts 90 days at most, until ${addDays(d.startOn, 90)} from that start.`,
          '/endOn',
        );
      return [emit('DelegateNominated', { agencyId: agency!, from: account, ...d })];
    },
  }),
  EndDelegation: command(z.strictObject({ to: AccountId }), {
    title: 'End a delegation',
    segment: 'delegation-ends',
    givenBy: ['seat-holder', 'chair'],
    allowedIn: live,
    refuses: { NOT_A_SEAT_HOLDER: 'who' },
    example: { to: 'post.deputy.durham-constabulary' },
    decide: (s, d, ctx) =>
      seatRefusal(ctx, ctx.recordId) ??
      (s.delegations.some((x) => x.agencyId === ctx.actor.agency && x.to === d.to)
        ? [emit('DelegationEnded', { agencyId: ctx.actor.agency!, to: d.to })]
        : []),
  }),
};
