import { v5 as uuidv5 } from 'uuid';
import { test } from 'tap';
import { seed } from '../data/seed/index.js';
import { parseGrant } from '../src/domain/access.js';
import { londonDate } from '../src/domain/calendar.js';
import { checkState, emptyLoaded, fittingGrants, fold, isRefusal, targetOf, type Actor, type Context, type Loaded } from '../src/domain/core.js';
import { aggregateNamed } from '../src/domain/index.js';
import { metaOf, reference } from './domain/spec.js';

test('every command of the seed fits its schema and is accepted in order', async (t) => {
  const streams = new Map<string, Loaded<any>>();
  const read = (name: string, id: string): Loaded<any> => streams.get(`${name}-${id}`) ?? emptyLoaded(aggregateNamed(name));
  let last = '';
  for (const c of seed) {
    const what = `${c.at} ${c.command} ${JSON.stringify(c.data).slice(0, 80)}`;
    t.ok(last <= c.at && c.at <= '2009-10-22T07:59:00.000Z', `${what}: in order`);
    last = c.at;
    if (c.basis.kind === 'sourced') t.ok(c.basis.source, `${what}: names its source`);
    const agg = aggregateNamed(c.aggregate);
    const entry = agg.commands[c.command]!;
    const data: any = entry.data.parse(c.data);
    const recordId = entry.id?.(data) ?? c.id;
    const loaded = read(c.aggregate, recordId);
    streams.set(`${c.aggregate}-${recordId}`, loaded);
    const [role, scope] = c.as.split('@');
    const grant = parseGrant(role!, scope!)!;
    t.equal(fittingGrants(entry, [grant], targetOf(entry, loaded, data)).length, 1, `${what}: may be given as ${c.as}`);
    const actor: Actor = { account: c.account, role: grant.role, ...(grant.agency ? { agency: grant.agency } : {}), ...(grant.place ? { place: grant.place } : {}) };
    const ctx: Context = {
      now: c.at, today: londonDate(c.at), effectiveOn: londonDate(c.at), actor, commandId: uuidv5(what, uuidv5.URL), recordId, ref: reference,
      views: { agenciesWithIdentifier: () => [], agencyReferenced: () => false },
      read: read as Context['read'],
    };
    const outcome = checkState(agg, entry, loaded.state) ?? entry.decide(loaded.state, data, ctx);
    if (isRefusal(outcome)) t.fail(`${what}: ${outcome.code} ${outcome.detail}`);
    else for (const e of outcome) fold(agg, loaded, { type: e.type, data: e.data as Record<string, unknown> }, metaOf(agg, recordId, e.type, loaded.version + 1, c.at, actor));
  }
});
