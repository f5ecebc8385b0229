/**
 * The form of a command, whichever it is: drawn from what may be done with its record, read by the schema,
 * checked, and given by the same function as a request of the API.
 */
import { promising } from '../../domain/barrier/state.js';
import type { Grant } from '../../domain/shared/access.js';
import type { Done, Given } from '../../http/give.js';
import { parseActingAs } from '../../http/server/auth.js';
import { Problem } from '../../http/server/problem.js';
import { answersOf, titleAmong, type Answer } from '../form/answers.js';
import { caseOf, inCase, withCase, type Case } from '../form/cases.js';
import { withChoices } from '../form/choose.js';
import type { Field, Option } from '../form/field.js';
import { fill } from '../form/fill.js';
import type { Inputs } from '../form/inputs.js';
import { own, topOf } from '../form/inputs.js';
import { mistakesOf, noMistakes, type Mistakes } from '../form/mistakes.js';
import { fieldsOf } from '../form/model.js';
import { nodeOf, nothingSettled, shapeOf, type Member, type Node, type Settled } from '../form/node.js';
import { parse, type Parsed } from '../form/parse.js';
import { rowChanged } from '../form/rows.js';
import type { Visit } from '../visit.js';
import { withArticle } from '../../http/words/format.js';
import { allowedTold, type Checked, type Head, type Possible, type Task } from './task.js';

export interface FormModel extends Head {
  readonly fieldList: readonly Field[];
  /** Members that every command may have, apart from its own. */
  readonly beside: readonly Field[];
  readonly besideOpen: boolean;
  readonly hidden: readonly { readonly name: string; readonly value: string }[];
  readonly mistakes: Mistakes['summary'];
  /** What a decision must allow, to be drafted, where the want of one was the reason. */
  readonly prepare: Prepare | undefined;
  /** What happened since the version that was looked at. */
  readonly since: readonly string[];
  readonly acting: ActingModel | undefined;
  readonly step: { readonly number: number; readonly of: number } | undefined;
  readonly isLast: boolean;
}
export interface CheckModel extends Head, Omit<Checked, 'body'> {
  readonly answers: readonly Answer[];
  readonly hidden: FormModel['hidden'];
  readonly grant: string | undefined;
  readonly isReplaceable: boolean;
}
export interface NotPossibleModel extends Head {
  readonly why: string;
}
/** A form of another command, filled in so far. */
export interface Prepare {
  readonly address: string;
  readonly fields: FormModel['hidden'];
}
interface ActingModel {
  readonly options: readonly Option[];
}
/** What is shown, by its template. */
export type Shown =
  | { readonly template: 'form.njk'; readonly model: FormModel; readonly status: number }
  | { readonly template: 'check.njk'; readonly model: CheckModel; readonly status: 200 }
  | { readonly template: 'not-possible.njk'; readonly model: NotPossibleModel; readonly status: number };
/** What becomes of what was sent. */
export type Answered<D = Done> = Shown | { readonly done: D };

/** Members that every command may have: asked for apart, since they are hardly ever needed. */
const besideMembers: ReadonlySet<string> = new Set(['effectiveOn', 'backdatedBecause']);
/** By these somebody speaks in the name of their agency: that is said first, and where it is a promise. */
const spoken: ReadonlyMap<string, (settled: Settled) => boolean> = new Map([
  ['barrier.Respond', ({ values }: Settled) => promising.some((position) => position === values.position)],
  ['commitment.Accept', () => true],
]);
const promiseOf = (name: string): string =>
  `This is a promise of ${withArticle(name)}, accepted in your name.`;
const answerOf = (name: string): string => `This is the answer of ${withArticle(name)}, given in its name.`;
const stepInput = '_step';

export class CommandForm<D> {
  readonly #members: readonly Member[];
  readonly #node: Node;

  constructor(
    private readonly visit: Visit,
    private readonly task: Task<D>,
  ) {
    this.#node = nodeOf(this.command.schema);
    const shape = shapeOf(this.#node);
    this.#members = shape.is === 'group' ? shape.members : [];
  }

  get address(): string {
    return this.task.head.address;
  }
  private get command(): Possible {
    return this.task.command;
  }
  #head(settled: Settled, acting = this.#usualGrant): Head {
    return { ...this.task.head, promise: this.#promise(settled, acting) };
  }
  /** Whose promise or answer it is, by the grant that it is given in. */
  #promise(settled: Settled, acting: string | undefined): string | undefined {
    const agency = acting === undefined ? undefined : parseActingAs(acting).agency;
    const isPromise = spoken.get(this.task.name);
    if (agency === undefined || !isPromise) return undefined;
    const name = this.visit.names().nameOf('agency', agency) ?? agency;
    return isPromise(settled) ? promiseOf(name) : answerOf(name);
  }
  /** What the steps before this one asked for, as it was answered. */
  #settled(inputs: Inputs, step: number): Settled {
    const { body } = parse(this.#node, inputs);
    return { members: new Set(this.#steps.slice(0, step).flat()), values: body };
  }
  get #cases(): readonly Case[] {
    return this.command.cases ?? [];
  }
  get #steps(): readonly (readonly string[])[] {
    return this.task.steps(this.#members.map(({ key }) => key));
  }

  /** As it is first asked for; `asked` may name a part, or a record that it is about. */
  begin(asked: Readonly<Record<string, unknown>>): Promise<Shown> {
    const named = Object.entries(asked).filter(
      ([key, value]) =>
        typeof value === 'string' && this.#members.some((one) => one.key === key && isNamed(one.node)),
    );
    const values = { ...this.command.values, ...Object.fromEntries(named) };
    return this.#show(fill(this.#node, withCase(this.#cases, values)), 0);
  }

  /** What becomes of what was sent. `key`: of the form that it came from. */
  async answer(inputs: Inputs, given: Omit<Given, 'body' | 'recordId'>): Promise<Answered<D>> {
    const step = this.#stepIn(inputs);
    const changed = rowChanged(this.#node, inputs);
    if (changed) return this.#show(changed, step);
    if (inputs.has(own.find)) return this.#show(inputs, step);
    if (inputs.has(own.change)) return this.#show(inputs, this.#stepOf(inputs.first(own.change) ?? ''));
    if (inputs.has(own.back)) return this.#show(inputs, Math.max(step - 1, 0));
    const whole: Given = { ...given, recordId: this.task.recordId, body: {} };
    const commandId = this.task.idOf(whole);
    const isRecorded = inputs.has(own.record);
    const newPart = (at: readonly (string | number)[]): string => [commandId, ...at].join('-');
    const parsed = parse(this.#node, inputs, newPart, { isRecorded });
    const until = isRecorded ? this.#steps.length - 1 : step;
    const wrong = this.#wrongUntil(parsed, inputs, until);
    if (wrong) return wrong;
    if (!isRecorded && step < this.#steps.length - 1)
      return this.#show(inCase(this.#node, this.#cases, inputs), step + 1);
    const actingAs = this.#actingIn(inputs);
    const asked = { ...whole, body: parsed.body, ...(actingAs ? { actingAs } : {}) };
    try {
      if (!isRecorded) return await this.#check(inputs, asked);
      return { done: await this.task.give(asked) };
    } catch (error) {
      if (error instanceof Problem && error.code !== 'FRESH_SIGN_IN_REQUIRED')
        return this.#refused(error, parsed, inputs);
      throw error;
    }
  }

  /** The form again, where something up to this step is wrong. */
  #wrongUntil(parsed: Parsed, inputs: Inputs, until: number): Promise<Shown> | undefined {
    const told = this.task.mistakes(parsed.body);
    const asked = new Set(this.#steps.slice(0, until + 1).flat());
    const mistakes = mistakesOf(parsed, told, { members: asked });
    const first = [...mistakes.at.keys()].map(topOf).find((member) => asked.has(member));
    const isWhole = until === this.#steps.length - 1 && mistakes.summary.length > mistakes.at.size;
    if (first === undefined && !isWhole) return undefined;
    return this.#show(inputs, first === undefined ? until : this.#stepOf(first), mistakes, 400);
  }
  /** What was refused, at its field, with what happened since where somebody was faster. */
  #refused(problem: Problem, parsed: Parsed, inputs: Inputs): Promise<Shown> {
    const { errors = [], extra = {} } = problem.options;
    const mistakes = mistakesOf(parsed, errors, { refused: problem.detail });
    const since = (extra.since ?? []) as readonly { readonly text: string }[];
    const isStale = problem.code === 'STALE_REVISION';
    const now = isStale
      ? inputs.with('expectedVersion', String(this.command.values.expectedVersion))
      : inputs;
    const [at = ''] = mistakes.at.keys();
    const step = at === '' ? this.#steps.length - 1 : this.#stepOf(topOf(at));
    return this.#show(now, step, mistakes, problem.status, {
      since: since.map(({ text }) => text),
      prepare: this.#prepared(extra.authorises),
    });
  }

  /** The draft of the decision that was wanting, as far as it is known. */
  #prepared(authorises: unknown): Prepare | undefined {
    if (authorises === undefined) return undefined;
    const [place] = new Set(this.visit.principal.grants.flatMap((grant) => grant.place ?? []));
    return {
      address: '/decisions/new',
      fields: [
        { name: 'authorises', value: JSON.stringify([authorises]) },
        ...(place === undefined ? [] : [{ name: 'placeId', value: place }]),
        { name: own.change, value: '' },
      ],
    };
  }

  #stepIn(inputs: Inputs): number {
    const said = Number(inputs.first(stepInput) ?? 0);
    return Number.isInteger(said) && said > 0 && said < this.#steps.length ? said : 0;
  }
  #stepOf(member: string): number {
    return Math.max(
      this.#steps.findIndex((step) => step.includes(topOf(member))),
      0,
    );
  }
  /** The grant that they act in wherever it fits, else the first that does. */
  get #usualGrant(): string | undefined {
    const { grants } = this.command;
    return grants.find((grant) => grant === this.visit.acting) ?? grants[0];
  }
  /** The grant that was chosen, where several fit; one that is not theirs is refused like any other. */
  #actingIn(inputs: Inputs): Grant | undefined {
    const chosen = inputs.filled(own.acting);
    return chosen === undefined ? undefined : parseActingAs(chosen);
  }
  #acting(inputs: Inputs): ActingModel | undefined {
    const { grants } = this.command;
    if (grants.length < 2) return undefined;
    const chosen = inputs.filled(own.acting) ?? this.#usualGrant;
    const { shower } = this.visit;
    return {
      options: grants.map((grant) => ({
        value: grant,
        text: shower.grant(grant),
        checked: grant === chosen,
      })),
    };
  }

  async #show(
    inputs: Inputs,
    step: number,
    mistakes: Mistakes = noMistakes,
    status = 200,
    {
      since = [],
      prepare,
    }: { readonly since?: readonly string[]; readonly prepare?: Prepare | undefined } = {},
  ): Promise<Shown> {
    if (this.command.possible === 'no' && status === 200) return this.#notPossible();
    const steps = this.#steps;
    const asked = new Set(steps[step]);
    const shown = this.#members.filter(({ key }) => asked.has(key));
    const ofCommand = shown.filter(({ key }) => !besideMembers.has(key));
    const beside = shown.filter(({ key }) => besideMembers.has(key));
    const chooser = this.task.chooser(this.#node, inputs);
    const settled = this.#settled(inputs, step);
    const { fields } = await withChoices(
      (known) => fieldsOf(ofCommand, inputs, known, '', { beside: this.#members, settled }),
      inputs,
      mistakes.at,
      chooser,
    );
    const known = { errors: mistakes.at, choices: () => undefined };
    const isLast = step === steps.length - 1;
    const model: FormModel = {
      ...this.#head(settled, inputs.filled(own.acting)),
      fieldList: fields,
      beside: fieldsOf(beside, inputs, known),
      besideOpen: inputs.entries().some(([name, value]) => besideMembers.has(topOf(name)) && value !== ''),
      hidden: [
        { name: stepInput, value: String(step) },
        ...caseOf(inputs),
        ...this.#carried(inputs, (name) => !asked.has(topOf(name))),
      ],
      mistakes: mistakes.summary,
      prepare,
      since,
      acting: this.#acting(inputs),
      step: steps.length > 1 ? { number: step + 1, of: steps.length } : undefined,
      isLast,
    };
    return { template: 'form.njk', model, status };
  }
  /** Inputs of members that another step asks for, as hidden ones. */
  #carried(inputs: Inputs, isCarried: (name: string) => boolean): FormModel['hidden'] {
    const members = new Set(this.#members.map(({ key }) => key));
    return inputs
      .entries()
      .filter(([name]) => members.has(topOf(name)) && isCarried(name))
      .map(([name, value]) => ({ name, value }));
  }

  async #check(inputs: Inputs, asked: Given): Promise<Shown> {
    if (this.command.possible === 'no') return this.#notPossible();
    const { body, ...checked } = await this.task.check(asked);
    const filled = fill(this.#node, body);
    const chooser = this.task.chooser(this.#node, filled);
    const { choices } = await withChoices(
      (known) => fieldsOf(this.#members, filled, known),
      filled,
      noMistakes.at,
      chooser,
    );
    const acting = inputs.filled(own.acting) ?? this.#usualGrant;
    const model: CheckModel = {
      ...this.#head(this.#settled(filled, this.#steps.length), acting),
      answers: answersOf(this.#node, body as Parsed['body'], {
        titleOf: titleAmong(choices),
        allowedTold: (allowed) => allowedTold(this.visit, allowed),
      }),
      hidden: [
        { name: stepInput, value: String(this.#steps.length - 1) },
        ...actedIn(inputs),
        ...caseOf(inputs),
        ...this.#carried(filled, () => true),
      ],
      grant: acting === undefined ? undefined : this.visit.shower.grant(acting),
      isReplaceable: this.task.isReplaceable,
      ...checked,
    };
    return { template: 'check.njk', model, status: 200 };
  }

  #notPossible(): Shown {
    const why = this.command.why?.detail ?? 'This cannot be done now.';
    return { template: 'not-possible.njk', model: { ...this.#head(nothingSettled), why }, status: 200 };
  }
}

/** The grant that was chosen, to be carried. */
const actedIn = (inputs: Inputs): FormModel['hidden'] => {
  const value = inputs.filled(own.acting);
  return value === undefined ? [] : [{ name: own.acting, value }];
};
const isNamed = (node: Node): boolean => ['ref', 'part', 'line'].includes(node.field ?? '');
