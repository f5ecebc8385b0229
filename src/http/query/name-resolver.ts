/** What a reader may see as it stands, and what it is called to them: its name, its address. */
import { audienceIn, canSee, parseGrant, type Viewer } from '../../domain/shared/access.js';
import { grantWords } from '../../domain/shared/grant-words.js';
import { withNames, type Nameable } from '../../domain/kernel/naming.js';
import { part } from '../../domain/kernel/parts.js';
import { disclosureOf } from '../../domain/pool/withholding.js';
import { partsOf } from '../../domain/part-kinds.js';
import { personId, type PersonState } from '../../domain/person/state.js';
import { accountRecordId } from '../../domain/accounts/state.js';
import { aggregates, splitStream } from '../../domain/registry.js';
import type { View, Views } from '../../projections/engine/view.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import type { AccessRow } from '../../projections/views/access.js';
import { accounts } from '../../projections/views/accounts.js';
import { poolLedger } from '../../projections/views/pool-ledger.js';
import { register, type RegisterRow } from '../../projections/views/register.js';
import { accessRow, type HttpDeps } from './deps.js';
import type { Addresses } from './links.js';
import { titleOf } from './titles.js';

/** Titles of commands, as marks name them: anybody may know what a command is called. */
const commandTitles = new Map<string, string>(
  aggregates.flatMap(({ name, commands }) =>
    Object.entries(commands).map(([command, { title }]) => [`${name}.${command}`, title] as const),
  ),
);
/** A command by its title; one that is none any more as it was named. */
const commandInWords = (id: string): string => `“${commandTitles.get(id) ?? id}”`;

/** What a part is called: a body is said once where whoever holds its post is named by it. */
export const partTitle = (title: string, name: (kind: Nameable, id: string) => string): string =>
  withNames(title, name).replace(/^(.+?), (.+, \1)$/, '$2');

/**
 * Names for one reader. Each is looked up once: whoever tells of more than one moment makes another when a
 * view has changed.
 */
export class NameResolver {
  #names: Map<string, string | null> | undefined;

  /** `addressOf`: of any record, whoever may open it. */
  constructor(
    readonly deps: HttpDeps,
    readonly viewer: Viewer,
    readonly addressOf: Addresses = () => null,
  ) {}

  /** What is answered from: the views as they stand. */
  get views(): Views {
    return this.deps.service.engine;
  }
  /** Queries of a live view; one being built is a 503. */
  of<Q>(view: View<Q>): Q {
    return this.views.queries(view);
  }

  /** The access row of a record that the reader may see, and that nobody named: a row of a list, a link. */
  seen(aggregate: string, id: string): AccessRow | undefined {
    return this.#seenToday(aggregate, id);
  }

  /**
   * The address of a record that the reader may open; null where it is hidden, unknown or has none. It leads
   * to the record as it stands, so that sight decides, whatever moment is told of.
   */
  link(aggregate: string, id: string): string | null {
    return this.#seenToday(aggregate, id) ? this.addressOf(aggregate, id) : null;
  }

  #seenToday(aggregate: string, id: string): AccessRow | undefined {
    const row = accessRow(this.views, aggregate, id);
    return row && canSee(this.viewer, row) ? row : undefined;
  }

  /**
   * What an account is called where this is told: in its programme (`home`), or, of what is no programme's,
   * in the reader's own.
   */
  personFor(account: string, home: string | undefined): RegisterRow<PersonState> | undefined {
    const homes = home === undefined ? this.#homes() : [home];
    for (const programmeId of [...homes.filter((x) => x !== undefined), undefined]) {
      const row = this.of(register).one('person', personId(account, programmeId));
      if (row?.state.accountId === account && row.state.programmeId === programmeId) return row;
    }
    return undefined;
  }

  /** The programmes of the reader's grants; of who has none, that of their account. */
  #homes(): readonly (string | undefined)[] {
    const { viewer } = this;
    if (viewer.grants.length > 0)
      return viewer.grants.map((g) => g.programme ?? (g.place && viewer.programmeOf(g.place)));
    return viewer.grantsInLog
      ? [this.of(accounts).one(accountRecordId(viewer.account))?.state.programmeId]
      : [];
  }

  /**
   * The name of what an id stands for; null where it has none, or none that this reader may see. `home`: the
   * programme in which it is told.
   */
  nameFor(kind: Nameable, id: string, home: string | undefined): string | null {
    const key = `${kind} ${id} ${kind === 'person' ? home : ''}`;
    const names = (this.#names ??= new Map());
    let name = names.get(key);
    if (name === undefined) names.set(key, (name = this.#lookUp(kind, id, home)));
    return name;
  }

  #lookUp(kind: Nameable, id: string, home: string | undefined): string | null {
    if (kind === 'place') return this.seen('place', id) ? (this.of(placeProgress).nameOf(id) ?? null) : null;
    if (kind === 'person') {
      const person = this.personFor(id, home);
      const isTheirOwn = id === this.viewer.account;
      return person && (isTheirOwn || this.seen('person', person.id)) ? person.state.name : null;
    }
    if (kind === 'grant') return this.#grantInWords(id);
    if (kind === 'command') return commandInWords(id);
    const [aggregate, own] = kind === 'record' ? splitStream(id) : [kind, id];
    if (!this.seen(aggregate, own)) return null;
    const title = titleOf(this, aggregate, own);
    if (title === own) return null;
    return kind === 'record' ? `“${title}”` : title;
  }

  /**
   * A seat or a theme of a place, by what it is called where the record that has it is open to this reader;
   * null where it is not, or has no such part.
   */
  partOf(kind: 'seat' | 'theme', id: string, placeId: string): string | null {
    const aggregate = kind === 'seat' ? 'collaborative' : 'place';
    if (!this.seen(aggregate, placeId)) return null;
    const state = this.of(register).one(aggregate, placeId)?.state;
    const part = state && partsOf(aggregate, kind, state).find((one) => one.id === id);
    if (!part) return null;
    const home = this.viewer.programmeOf(placeId);
    return partTitle(part.title, (of, named) => this.nameFor(of, named, home) ?? named);
  }

  /** A pledge of a pool: whose, and for which year; null where this reader is not told of it. */
  pledgeOf(poolId: string, pledgeId: string): string | null {
    const row = this.seen('pool', poolId);
    const pledge = row && part(this.of(poolLedger).one(poolId)?.state.pledges ?? {}, pledgeId);
    if (!row || !pledge || !disclosureOf(pledge, audienceIn(this.viewer, row) === 'members').identity)
      return null;
    const agency = this.nameFor('agency', pledge.agencyId, undefined) ?? pledge.agencyId;
    return `${agency}, ${pledge.financialYear}`;
  }

  /** A grant as it is written, by the names of what it is held for. */
  #grantInWords(written: string): string | null {
    const [role = '', scope = ''] = written.split('@');
    const grant = parseGrant(role, scope);
    if (!grant) return null;
    return grantWords(grant, (part, id) => {
      const name =
        part === 'programme'
          ? this.nameFor('record', `programme-${id}`, undefined)
          : this.nameFor(part, id, undefined);
      return name?.replace(/^“|”$/g, '');
    });
  }
}
