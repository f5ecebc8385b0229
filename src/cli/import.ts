/** total-place import programme: a programme from a file, given to a service by its API. */
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { Client } from '../import/client.js';
import { give, type Given } from '../import/give.js';
import { planOf, type Planned, type Refused } from '../import/plan.js';
import { pathOf, readFile, type ReadFile } from '../import/read.js';
import type { Step } from '../import/step.js';
import { loadReference } from '../runtime/reference.js';

type Say = (line: string) => void;
interface Options {
  readonly url: string;
  readonly token: string;
  readonly actingAs?: string;
  readonly give?: boolean;
}

/** What is said of each step that is not given, before its line. */
const outlooks: Readonly<Record<Exclude<Planned['outlook'], 'ready'>, string>> = {
  there: 'stands',
  other: 'other',
  theirs: 'left',
  refused: 'refused',
};
const results: Readonly<Record<Given['became'], string>> = {
  done: 'given',
  waits: 'waits',
  refused: 'refused',
};

export const importCommand = (say: Say = console.log): Command =>
  new Command('import').description('what a file says, given to a service by its API').addCommand(
    new Command('programme')
      .description(
        'a programme with its calendar, rounds, places, agencies and seats: what would be given, and with ' +
          '--give, it is given; again, it gives what is new',
      )
      .argument('<file>', 'YAML, like examples/programme-2026-27.yaml')
      .requiredOption('--url <address>', 'where the service is, like https://total-place.example')
      .addOption(
        new Option('--token <token>', 'whose word it is given on: a personal token, or one of an issuer')
          .env('TOTAL_PLACE_TOKEN')
          .makeOptionMandatory(),
      )
      .option(
        '--acting-as <grant>',
        'in this grant of theirs alone, like programme-office@programme:total-place',
      )
      .option('--give', 'give it')
      .action(async (name: string, options: Options) => {
        const read = readFile(readFileSync(name, 'utf8'), loadReference().areas);
        if ('mistakes' in read)
          throw new Error(
            [
              `${name} needs mending. Nothing was given:`,
              ...read.mistakes.map(
                ({ line, where, message }) => `  line ${line}${where ? `, ${where}` : ''}: ${message}`,
              ),
            ].join('\n'),
          );
        const client = await Client.open(options.url, options.token, options.actingAs);
        const plan = await planOf(read.file, client);
        const told = new Telling(read, say);
        if (options.give) await told.giving(plan, client);
        else told.preview(plan);
      }),
  );

/** Tells a plan, and what became of it, a line a step. */
class Telling {
  constructor(
    private readonly read: ReadFile,
    private readonly say: Say,
  ) {}

  preview(plan: readonly Planned[]): void {
    for (const planned of plan) this.#step(planned, 'to give');
    const ready = plan.filter(({ outlook }) => outlook === 'ready').length;
    this.#counts(plan);
    this.say(
      ready > 0 ? `${ready} to give. Nothing was given: --give gives it.` : 'Nothing is left to be given.',
    );
    this.#failIf(plan.some(({ outlook }) => outlook === 'refused'));
  }

  async giving(plan: readonly Planned[], client: Client): Promise<void> {
    for (const planned of plan)
      if (planned.outlook !== 'ready' && planned.outlook !== 'there') this.#step(planned);
    const ready = plan.filter(({ outlook }) => outlook === 'ready').length;
    const counts = { done: 0, waits: 0, refused: 0 };
    let n = 0;
    for await (const given of give(plan, client)) {
      counts[given.became]++;
      this.#line(`${++n}/${ready} ${results[given.became]}`, given.step);
      if (given.became === 'refused') this.#refusal(given.step, given.refused);
    }
    this.#counts(plan);
    this.say(
      `${counts.done} given${counts.refused > 0 ? `, ${counts.refused} refused` : ''}${
        counts.waits > 0 ? `, ${counts.waits} waiting for what was not given` : ''
      }.`,
    );
    this.#failIf(counts.refused > 0 || plan.some(({ outlook }) => outlook === 'refused'));
  }

  #step(planned: Planned, ready = ''): void {
    const { step, outlook } = planned;
    this.#line(outlook === 'ready' ? ready : outlooks[outlook], step);
    if (outlook === 'other') for (const because of planned.because) this.say(`           ${because}`);
    if (outlook === 'refused') this.#refusal(step, planned.refused);
  }
  #line(word: string, step: Step): void {
    this.say(`${word.padEnd(10)} line ${this.read.lineOf(step.path)}: ${step.text}`);
  }
  #refusal({ path }: Step, { code, detail, pointer }: Refused): void {
    this.say(`           line ${this.read.lineOf([...path, ...pathOf(pointer)])}: ${detail} (${code})`);
  }

  /** What an import leaves as it is, and to whom it leaves what. */
  #counts(plan: readonly Planned[]): void {
    const count = (outlook: Planned['outlook']): number =>
      plan.filter((one) => one.outlook === outlook).length;
    this.say('');
    if (count('there') > 0) this.say(`${count('there')} stand already.`);
    if (count('other') > 0)
      this.say(
        `${count('other')} stand otherwise than the file has them. An import changes nothing: ` +
          'do it on their pages.',
      );
    const left = new Map<string, number>();
    for (const { outlook, step } of plan)
      if (outlook === 'theirs') left.set(step.grant, (left.get(step.grant) ?? 0) + 1);
    for (const [grant, n] of left) this.say(`${n} left for ${grant}: give them the same file.`);
  }
  #failIf(failed: boolean): void {
    if (failed) process.exitCode = 1;
  }
}
