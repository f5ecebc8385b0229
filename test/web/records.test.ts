/** Pages of records that were made for their work, as those read them who are shown more and less. */
import t from 'tap';
import { openWeb, readerCalled } from './world.js';

/** What a page says, without its tags. */
const plain = (html: string): string =>
  (/<main[\s\S]*<\/main>/.exec(html)?.[0] ?? '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, '’')
    .replace(/\s+/g, ' ');
/** The headings of its parts, in order. */
const partsOf = (html: string): string[] =>
  [...html.matchAll(/<h2[^>]*>([\s\S]*?)<\/h2>/g)].map(([, text = '']) => text.trim());

t.test('pages of records', async (t) => {
  const world = await openWeb(t);
  const read = async (variable: string, url: string) => {
    const { status, html } = await world.get(readerCalled(variable), url);
    t.equal(status, 200, `${variable} ${url}`);
    return { html, said: plain(html), parts: partsOf(html) };
  };

  t.test('of a pool that nobody confirmed anything for yet no zero is told', async (t) => {
    const { said } = await read('LEICESTERSHIRE', '/pools/leicester-leicestershire-alcohol');
    t.match(said, /No contribution has been confirmed yet\./);
    t.match(said, /Pledged: £350,000\.00 Confirmed: Nothing yet Paid in: Nothing yet/);
    t.notMatch(said, /£0/);
  });

  t.test('a decision’s audit tells its arithmetic, who disagreed, and what followed', async (t) => {
    const { said, html, parts } = await read('AUDITOR', '/decisions/ll-strategy-date/audit');
    t.match(said, /Carried on 21 September 2009 at 10am, when every seat had spoken\./);
    t.strictSame(parts, [
      'What was decided on',
      'The arithmetic',
      'Who could vote, and what they said',
      'Who disagreed',
      'Interests declared',
      'What lay before them',
      'What it allowed, and what followed',
      'What was promised, and what became of it',
      'Outcome',
    ]);
    t.match(
      said,
      /The quorum is 1\/2 of the 5 seats at the opening, rounded up: 3\. 5 seats took a position\. Met\./,
    );
    t.match(said, /Leicestershire Police Authority \(Disagree\): A strategy in January misses this winter/);
    t.match(said, /Its text is still the one that was put to the vote\./);
    t.match(
      html,
      /href="\/commitments\/ll-commissioning-strategy\?asAt=2009-09-14T09:30:00\.000Z">as it stood when the vote was opened/,
      'the evidence as it lay before them',
    );
    t.match(said, /Allowed: reschedule One Drug and Alcohol .* Used on 24 September 2009 at 10am/);
    t.match(
      said,
      /27 November 2009 Due now: 22 January 2010 \(56 days from the first\)/,
      'what was promised, and stands',
    );
    t.match(said, /Recorded on 22 September 2009; it was due by 28 September 2009\./);
  });
  t.test('what a decision failed by is said first, and of an open one what would come out', async (t) => {
    const failed = await read('LEICESTERSHIRE', '/decisions/ll-emergency-team/audit');
    t.match(
      failed.said,
      /Not carried on 28 September 2009 at 5pm, when its time was up, because an agency whose money it spends has not agreed\./,
    );
    t.match(failed.said, /Leicestershire Police Authority: £50,000\.00, not agreed/);
    t.match(failed.said, /None is due: it was not carried\./);
    const open = await read('SUFFOLK', '/decisions/suffolk-after-the-summit/audit');
    t.match(
      open.said,
      /Open until 30 October 2009 at 5pm\. If it closed now it would lapse: the quorum is not reached\./,
    );
    t.ok(open.parts.includes('The arithmetic, if it closed now'));
    t.match(open.said, /None: it has no result\./);
  });
  t.test('a pool’s statement draws what is told, and says what is not', async (t) => {
    const own = await read('CHAIR', '/pools/durham-warm-homes');
    t.match(
      own.said,
      /Of £2 million confirmed, £650,000 is allocated and £50,000 held for promises\. Drawn: £120,000\./,
    );
    t.match(own.said, /Section 75 agreement Host Durham County Council, which manages it too/);
    t.match(own.said, /Version 1, signed by Durham County Council, County Durham PCT/);
    const figure = /<svg[\s\S]*<\/svg>/.exec(own.html)?.[0] ?? '';
    t.match(figure, /role="img" aria-labelledby="flow-title flow-text"/);
    t.equal(figure.match(/<path /g)?.length, 6, 'two contributions, three uses, and what is drawn or not');
    t.match(
      own.said,
      /Durham County Council, 2009 to 2010 Allocated £650,000\.00 .*County Durham PCT, 2009 to 2010 Not allocated yet £800,000\.00/,
      'the numbers of the figure',
    );
    t.match(own.html, /href="\/commitments\/durham-home-from-hospital">The promise that it pays for/);

    const treasury = await read('TREASURY', '/pools/durham-warm-homes');
    t.match(treasury.said, /Of at least £1.2 million confirmed, at least £650,000 is allocated/);
    t.match(
      treasury.said,
      /1 contribution is not shared with you in full: what is not shared is not drawn\./,
    );
    t.notMatch(treasury.html, /800,000/, 'neither drawn nor numbered');
    t.match(treasury.html, /<tspan[^>]*>At least £650,000\.00<\/tspan>/, 'a sum of some is said to be one');
    t.notMatch(figure, /At least/, 'of all it is the sum');
    t.match(treasury.said, /Not shared with you Pledged: Not shared with you Confirmed: Not shared with you/);
    t.notMatch(treasury.html, /The promise that it pays for/, 'for whom it is held its members see');
  });
  t.test('a return is worked on by its members, and printed for whoever reads it', async (t) => {
    const url = '/submissions/total-place.1.leicester-leicestershire';
    const own = await read('LEICESTERSHIRE', url);
    t.match(own.said, /Submitted: version 1 was submitted on 17 September 2009, on time\. Signed\./);
    t.match(own.said, /Narrative Complete .* 32 words of at most 500\. Completed by \S.* as secretariat/);
    t.match(own.said, /Barriers by who must act: Whitehall \d+, Whitehall and the place together \d+/);
    t.match(own.said, /What is done about it: Raise the questions through the champion/);
    t.match(own.said, /Changed since it was sent for signature Nothing\./);
    t.match(own.said, /I sign version 1 of the interim findings/);

    const treasury = await read('TREASURY', url);
    t.match(treasury.said, /As last submitted\. What its place is working on is not shared with you\./);
    t.notMatch(treasury.said, /I sign version 1|32 words of at most/);
    t.match(treasury.said, /What is signed Not shared with you/);

    const printed = await read('TREASURY', `${url}/print`);
    t.match(
      printed.said,
      /Made for Treasury of Total Place, on 22 October 2009 at 9am\. Entry number: \d+\./,
    );
    t.match(printed.said, /As last submitted\..*Since June the partners have counted what is spent/);
  });
});
