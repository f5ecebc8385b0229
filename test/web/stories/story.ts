/**
 * Stories: commands in an order in which each is recorded. What is shown is given in one service through its
 * form, filled from its example as far as the story says nothing else, and in another that began alike
 * through the API; both then say the same.
 */
import type { Test } from 'tap';
import { v5 as uuidv5 } from 'uuid';
import type { SimulatedClock } from '../../../src/commands/clock.js';
import type { CommandRequest } from '../../../src/commands/request.js';
import { passTime } from '../../../src/demo/demo.js';
import { demoIssuer } from '../../../src/demo/issuer.js';
import type { DemoReader } from '../../../src/demo/readers.js';
import type { Giver } from '../../../src/demo/seed/types.js';
import { accountRecordId, bindingOf, scopeOf } from '../../../src/domain/accounts/state.js';
import { aggregateNamed, type CommandName, type Registry } from '../../../src/domain/registry.js';
import { parseGrant } from '../../../src/domain/shared/access.js';
import { commandRoutes, type CommandRoute } from '../../../src/http/query/command-routes.js';
import { addressOf } from '../../../src/web/pages/task.js';
import { openHarness, type Answer, type Harness } from '../../http/harness.js';
import { Property } from '../../holds.js';
import { openForms, type FormsWorld, type Sent } from '../forms-world.js';
import type { SeenPages } from '../seen-pages.js';
import { byPeople, nameOf, recorded, throughItsForm, versionOf } from '../through-form.js';

/** `pool.Pledge`. */
export type Command = { [A in keyof Registry]: `${A}.${CommandName<A>}` }[keyof Registry];
type Members = Readonly<Record<string, unknown>>;
/** The record that it is about, unless it makes one; then what differs from its example. */
type About = readonly [on: string, members?: Members] | readonly [members?: Members];

/** What a story is told with. A command that is refused ends its story. */
export interface Teller {
  /** Gives a command, through its form and through the API, and looks at what both record; its record's id. */
  readonly shown: (by: Giver, command: Command, ...about: About) => Promise<string>;
  /** Gives a command through the API alone, in both services: what is looked at elsewhere. */
  readonly prepared: (by: Giver, command: Command, ...about: About) => Promise<string>;
  /** Lets time pass in both; what closes or begins by itself on the way does. */
  readonly until: (instant: string) => Promise<void>;
  /** The time in both. */
  readonly now: () => string;
  /** It is an instant in both, and what closes or begins by itself then has not yet. */
  readonly at: (instant: string) => void;
  /** What the service does by itself, or its door for somebody, in both. */
  readonly byItself: (command: Command, on: string, members?: Members) => Promise<void>;
  /** An account with this grant, which may be asked for by a post that does nothing in the demo. */
  readonly admitted: (by: Giver) => Promise<Giver>;
  /** What a record's address says, as whoever reads it sees it in the service behind the API. */
  readonly read: (by: Giver, url: string) => Promise<any>;
}
export interface Story {
  readonly title: string;
  readonly tell: (teller: Teller) => Promise<void>;
}

const routes = new Map(commandRoutes.map((route) => [nameOf(route), route]));
/** The namespace of the keys that both services are given a command with. */
const namespace = '2f0f5f2e-6f39-4a3c-8f0a-7a1d6c0f1c55';
const grantUntil = '2010-05-28';
const readerOf = ({ as, account }: Giver): DemoReader => ({
  variable: `${as} ${account}`,
  grant: as,
  account,
  title: as,
  use: '',
});

/** What stories leave behind. */
export interface Left {
  /** The commands that were recorded through their forms. */
  readonly done: Set<string>;
  /** What was sent on the way, named after its command and what it is: `pool.Pledge: its check`. */
  readonly seen: SeenPages;
}

class Stage implements Teller {
  #count = 0;
  #shown = '';
  readonly #alike = new Property('what a form records is what the API records');
  readonly #asksFor = new Property('the pages of a form ask for all that is entered');
  readonly #isTold = new Property('what is left empty is told, or is not needed');
  readonly #goesOn = new Property('what is recorded is checked before, and said after');

  constructor(
    private readonly t: Test,
    private readonly web: FormsWorld,
    private readonly api: Harness,
    private readonly left: Left,
  ) {}

  readonly shown = async (by: Giver, command: Command, ...about: About): Promise<string> => {
    const { t, web, api } = this;
    const { route, on, body, key } = this.#step(command, about);
    const [from, fromThere] = [await web.head(), await api.head()];
    const reader = readerOf(by);
    this.#shown = command;
    const through = await throughItsForm(web, reader, route, addressOf(route, on), body, key);
    await web.service.reactors.idle();
    const answer = await this.#give(api, by, route, on, body, key);
    this.#asksFor.same(t, command, through.undrawn, []);
    this.#goesOn.holds(t, `${command}: it is checked`, through.isChecked);
    this.#isTold.holds(t, command, through.leftEmpty.every(isOfForm), through.leftEmpty);
    this.#alike.same(t, `${command}: its answer`, through.status, 303);
    const [here, there] = [byPeople(recorded(web, from)), byPeople(recorded(api, fromThere))];
    this.#alike.same(t, `${command}: its events`, here, there);
    this.#alike.holds(t, `${command}: it records something`, there.length > 0);
    if (through.status !== 303) throw new Error(`${command} through its form: ${mistakesIn(through.html)}`);
    const said = await web.open(reader, through.location ?? '');
    this.#goesOn.same(t, `${command}: it is said`, said.status, 200);
    const id = on ?? String(answer.json.id);
    // As it is now: what was done can mostly not be done again.
    for (const address of [addressOf(route, on), `/${route.aggregate.collection}/${id}`])
      await web.open(reader, address);
    this.left.done.add(command);
    return id;
  };

  readonly sees = (address: string, sent: Sent): void =>
    this.left.seen.add(`${this.#shown}: ${whatIs(address, sent)}`, sent);

  readonly prepared = async (by: Giver, command: Command, ...about: About): Promise<string> => {
    const { route, on, body, key } = this.#step(command, about);
    await this.#give(this.web, by, route, on, body, key);
    const answer = await this.#give(this.api, by, route, on, body, key);
    return on ?? String(answer.json.id);
  };

  readonly until = async (instant: string): Promise<void> => {
    for (const { service } of [this.web, this.api]) {
      await passTime(service, service.clock as SimulatedClock, instant);
      await service.settle();
    }
  };

  readonly now = (): string => this.api.service.clock.now();

  readonly at = (instant: string): void => {
    for (const { service } of [this.web, this.api]) (service.clock as SimulatedClock).advance(instant);
  };

  readonly byItself = async (command: Command, on: string, members: Members = {}): Promise<void> => {
    const [aggregate = '', name = ''] = command.split('.');
    const example = aggregateNamed(aggregate).commands[name]?.example as Members;
    this.#count++;
    const request: CommandRequest = {
      aggregate,
      id: on,
      command: name,
      data: { ...example, ...members },
      commandId: uuidv5(`${command} ${this.#count}`, namespace),
      actor: { account: 'system:demo', role: 'system' },
    };
    for (const { service } of [this.web, this.api]) {
      const outcome = await service.executor.execute(request);
      if (outcome.kind === 'refused') throw new Error(`${command} of ${on}: ${outcome.refusal.detail}`);
      await service.reactors.idle();
    }
  };

  readonly admitted = async (by: Giver): Promise<Giver> => {
    const grant = parseGrant(...(by.as.split('@') as [string, string]));
    if (!grant) throw new Error(`${by.as} is no grant`);
    const { account } = by;
    const issuer = demoIssuer;
    await this.byItself('account.Adopt', accountRecordId(account), {
      account,
      programmeId: 'total-place',
      issuer,
      subject: account,
      binding: bindingOf(issuer, account),
      grants: [{ grantId: `grant-${this.#count}`, ...scopeOf(grant), until: grantUntil }],
    });
    return by;
  };

  readonly read = async (by: Giver, url: string): Promise<any> => {
    const { json, raw, status } = await this.api.inject(by.as, by.account, 'GET', url);
    if (status !== 200) throw new Error(`${url}: ${raw}`);
    return json;
  };

  settle(): void {
    for (const property of [this.#alike, this.#asksFor, this.#isTold, this.#goesOn]) property.settle(this.t);
  }

  #step(command: Command, about: About) {
    const route = routes.get(command);
    if (!route) throw new Error(`nobody gives ${command}`);
    const [first] = about;
    const on = typeof first === 'string' ? first : undefined;
    const members = typeof first === 'string' ? about[1] : first;
    const { entry } = route;
    const version = on === undefined ? undefined : versionOf(this.api, route, on);
    const body = {
      ...(entry.example as Members),
      ...(entry.replaces && version !== undefined ? { expectedVersion: version } : {}),
      ...members,
    };
    this.#count++;
    return { route, on, body, key: String(this.#count).padStart(22, 'n') };
  }

  async #give(
    world: Harness,
    by: Giver,
    route: CommandRoute,
    on: string | undefined,
    body: object,
    key: string,
  ): Promise<Answer> {
    const url = route.url.replace(':id', on ?? '');
    const answer = await world.inject(by.as, by.account, 'POST', url, body, {
      'idempotency-key': key,
      'acting-as': by.as,
    });
    if (answer.status >= 300) {
      const { code = '', detail = answer.raw, errors = [] } = answer.json ?? {};
      throw new Error(`${nameOf(route)} of ${on}: ${code} ${detail} ${JSON.stringify(errors)}`);
    }
    await world.service.reactors.idle();
    return answer;
  }
}
/** A page of a form: the next, or the same with what is wrong, or with why it is refused. */
const isOfForm = (status: number): boolean => [200, 400, 409, 422].includes(status);
/** What a page says is wrong, else what it says. */
function mistakesIn(html: string): string {
  const main = html.slice(Math.max(0, html.indexOf('<main')));
  const summary = /error-summary[^]*?<\/div>\s*<\/div>/.exec(main)?.[0] ?? main;
  return summary
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 600);
}

/** What a page is that is sent on the way through a form. */
function whatIs(address: string, { html }: Sent): string {
  if (html.includes('govuk-error-summary')) return 'its mistakes';
  if (html.includes('Check before you record it')) return 'its check';
  if (html.includes('name="_next"')) return 'its form';
  if (address.includes('/recorded?')) return 'that it is recorded';
  return html.includes('You cannot do this now') ? 'that it cannot be done' : 'its record';
}

/** Tells a story. */
export async function tellStory(t: Test, { tell }: Story, left: Left): Promise<void> {
  const web = await openForms(t, { sees: (address, sent) => stage.sees(address, sent) });
  // Both take what may be done from the log, by the same accounts.
  const api = await openHarness(t, { grantsInLog: true });
  const stage: Stage = new Stage(t, web, api, left);
  await tell(stage);
  stage.settle();
}
