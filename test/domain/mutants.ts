/**
 * Mutation run (`npm run mutate`): each `when` is decided again with one rule passed over that refused in it,
 * and the assertion that follows says whether it would have failed. A mutant is a command with one refusing
 * line of the domain taken out of it.
 */
import { writeFileSync } from 'node:fs';
import { isRefusal, type Decision } from '../../src/domain/kernel/types.js';

/** What a run has seen. Names: `aggregate.Command@file:line`, `aggregate.Command.CODE`. */
export interface Seen {
  /** Refusing lines that were reached at all. */
  readonly tried: string[];
  /** Those without which some assertion would have failed. */
  readonly noticed: string[];
  /** Declared refusals without which, wherever they are made, some assertion would have failed. */
  readonly codes: string[];
}
/** The file a run writes at its end. Unset: no mutation run. */
const file = process.env.MUTANTS_TO;
const switches = globalThis as { passes?: (site: string) => boolean };
const [tried, noticed, codes] = [new Set<string>(), new Set<string>(), new Set<string>()];
if (file)
  process.on('exit', () =>
    writeFileSync(
      file,
      JSON.stringify({ tried: [...tried], noticed: [...noticed], codes: [...codes] } satisfies Seen),
    ),
  );

/** An outcome with rules taken out; an error where the rules behind it did not stand without them. */
interface Without {
  readonly name: string;
  readonly outcome: Decision | Error;
}
export interface Mutants {
  readonly lines: readonly Without[];
  readonly code?: Without;
}

/** Decides with `without` passed over, and notes every refusing line that was reached. */
function decided(
  decide: () => Decision,
  without: ReadonlySet<string>,
  reached: Set<string>,
): Decision | Error {
  switches.passes = (site) => {
    reached.add(site);
    return !without.has(site);
  };
  try {
    // Past its last rule a decision that has nothing more to say accepts.
    return decide() ?? [];
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    switches.passes = () => true;
  }
}

export function mutantsOf(command: string, decide: () => Decision): Mutants {
  if (!file) return { lines: [] };
  const reached = new Set<string>();
  const outcome = decided(decide, new Set(), reached);
  const lines = [...reached].map((site) => {
    tried.add(`${command}@${site}`);
    return { name: `${command}@${site}`, outcome: decided(decide, new Set([site]), new Set()) };
  });
  if (!isRefusal(outcome)) return { lines };
  // Every line that makes this code goes, one after the other, until none is left that does.
  const without = new Set<string>();
  let left: Decision | Error = outcome;
  for (let last = reached; isRefusal(left) && left.code === outcome.code && without.size < 50;) {
    const made = [...last].filter((site) => !without.has(site)).at(-1);
    if (made === undefined) break;
    without.add(made);
    left = decided(decide, without, (last = new Set()));
  }
  return { lines, code: { name: `${command}.${outcome.code}`, outcome: left } };
}

/** Notes each mutant with which an assertion that `holds` today would have failed. */
export function judge({ lines, code }: Mutants, holds: (outcome: Decision) => boolean): void {
  const fails = (outcome: Decision | Error): boolean => outcome instanceof Error || !holds(outcome);
  for (const { name, outcome } of lines) if (fails(outcome)) noticed.add(name);
  if (code && fails(code.outcome)) codes.add(code.name);
}
