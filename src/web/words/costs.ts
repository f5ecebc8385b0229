/** What a barrier costs the places, in words: the same wherever it is said. */
import type { Shown } from '../../http/words/shown.js';
import { money } from '../../http/words/format.js';

/** What its reader is told of it. */
interface CostTold {
  /** Null where nobody has costed it, or a part is withheld. */
  readonly pence: number | null;
  /** Where a part is withheld: the rest, if any is told. */
  readonly atLeastPence?: number | undefined;
  readonly isWithheld: boolean;
}

/** A sum of which a part is withheld says so; what nobody has costed is no secret. */
export function costShown({ pence, atLeastPence, isWithheld }: CostTold): Shown {
  if (pence !== null) return { is: 'text', text: money(pence), figure: true };
  if (!isWithheld) return { is: 'nothing', text: 'Not costed yet' };
  return {
    is: 'withheld',
    text:
      atLeastPence === undefined
        ? 'Not shared with you'
        : `At least ${money(atLeastPence)}: the rest is not shared with you`,
  };
}
