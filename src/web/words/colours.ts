/** How a colour is told to whoever cannot tell colours apart: its word, and a symbol that is its own. */
import type { z } from 'zod';
import type { ColourShape } from '../../http/query/shapes.js';
import { choice } from '../../http/words/choices.js';

type Colour = z.output<typeof ColourShape>;
interface Told {
  readonly word: string;
  /** Beside the word, for the eye alone. */
  readonly symbol: string;
  /** A class of the design system's tags. */
  readonly tag: string;
}
const symbols: Readonly<Record<Colour, readonly [symbol: string, tag: string]>> = {
  green: ['✓', 'green'],
  'amber-green': ['◔', 'teal'],
  amber: ['◑', 'yellow'],
  'amber-red': ['◕', 'orange'],
  red: ['✕', 'red'],
  'no-information': ['–', 'grey'],
};
export const colour = (level: Colour): Told => {
  const [symbol, tag] = symbols[level];
  return { word: choice(level), symbol, tag };
};
