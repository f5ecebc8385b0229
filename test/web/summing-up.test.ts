/** The sentence that sums up which places are red says for whose owing, however the two colours fall. */
import t from 'tap';
import { existing } from '../../src/domain/kernel/parts.js';
import { colouredPlaces } from '../../src/web/words/progress.js';

type Pair = readonly [own: boolean, whitehall: boolean];
const said = (pairs: readonly Pair[]): string => {
  const count = (which: (pair: Pair) => boolean): number => pairs.filter(which).length;
  return colouredPlaces({
    places: pairs.length,
    redPlaces: count(([own, whitehall]) => own || whitehall),
    rag: { red: count(([own]) => own) },
    whitehallRag: { red: count(([, whitehall]) => whitehall) },
  });
};
const [neither, own, whitehall, both]: readonly [Pair, Pair, Pair, Pair] = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
];

t.test('each way in which two colours fall is said in its own words', async (t) => {
  t.same(
    [
      [neither],
      [own, neither],
      [own, own],
      [whitehall, neither],
      [whitehall, whitehall, neither],
      [both, neither],
      [both, both],
      [own, whitehall],
      [both, whitehall],
      [both, own],
      [own, own, whitehall],
      [own, both, whitehall],
    ].map(said),
    [
      'None of 1 place is red.',
      'Of 2 places 1 is red, for what it owes and not for what Whitehall owes.',
      'Of 2 places 2 are red, for what they owe and not for what Whitehall owes.',
      'Of 2 places 1 is red, for what Whitehall owes and not for what it owes.',
      'Of 3 places 2 are red, for what Whitehall owes and not for what they owe.',
      'Of 2 places 1 is red, for what it owes and for what Whitehall owes.',
      'Of 2 places 2 are red, each for what it owes and for what Whitehall owes.',
      'Of 2 places 2 are red: 1 for what the place owes, 1 for what Whitehall owes.',
      'Of 2 places 2 are red: 1 for what the place owes, 2 for what Whitehall owes, 1 of them for both.',
      'Of 2 places 2 are red: 2 for what the places owe, 1 for what Whitehall owes, 1 of them for both.',
      'Of 3 places 3 are red: 2 for what the places owe, 1 for what Whitehall owes.',
      'Of 3 places 3 are red: 2 for what the places owe, 2 for what Whitehall owes, 1 of them for both.',
    ],
  );
});

/** How many places a sentence says are red in all, for what they owe, and for what Whitehall owes. */
function readBack(sentence: string): readonly [red: number, own: number, whitehall: number] {
  const red = Number(/(\d+) (?:is|are) red/.exec(sentence)?.[1] ?? 0);
  const counted = /: (\d+) for what the places? owes?, (\d+) for what Whitehall owes/.exec(sentence);
  if (counted) return [red, Number(counted[1]), Number(counted[2])];
  const isFor = (whose: string): number =>
    new RegExp(`(?<!not )for what ${whose}`).test(sentence) ? red : 0;
  return [red, isFor('(?:it owes|they owe)'), isFor('Whitehall owes')];
}

t.test('what is said is what was counted, for every way in which four places fall', async (t) => {
  const kinds = [neither, own, whitehall, both];
  const wrong = Array.from({ length: 4 ** 4 }, (_, n) => {
    const pairs = [0, 1, 2, 3].map((i) => existing(kinds[Math.floor(n / 4 ** i) % 4], 'a kind'));
    const counts = [pairs.filter((p) => p[0] || p[1]), pairs.filter((p) => p[0]), pairs.filter((p) => p[1])];
    const sentence = said(pairs);
    return readBack(sentence).join() === counts.map((one) => one.length).join() ? [] : [sentence];
  });
  t.same(wrong.flat(), []);
});
