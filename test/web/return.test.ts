/** The round that is open where the demo begins: a return of it, from its start to submitted. */
import { test } from 'tap';
import { identityOf } from '../../src/demo/issuer.js';
import { posts, readers } from '../../src/demo/readers.js';
import { openHarness } from '../http/harness.js';
import { formAt, heading, openWorld } from './door-world.js';
import { Browser } from './providers.js';

const round = 'total-place.3';
const accountOf = (variable: string): string => {
  const reader = readers.find((one) => one.variable === variable);
  if (!reader) throw new Error(`The demo has no ${variable}`);
  return reader.account;
};

test('Durham makes its return with the demo’s tokens', { timeout: 280_000 }, async (t) => {
  const { command, inject } = await openHarness(t, { grantsInLog: true });
  const give = (who: string, path: string, body: object = {}) => command('', accountOf(who), path, body);
  const read = async (who: string, path: string) => (await inject('', accountOf(who), 'GET', path)).json;
  const calendar = await read('SECRETARIAT', '/v1/calendar?from=2009-11-13&to=2009-11-13');
  t.match(
    calendar.items,
    [{ title: 'Round 3 (interim) closes', illustrative: true }],
    'the round is on the calendar, and said to be illustrative',
  );

  const id = `${round}.durham`;
  const at = `/v1/submissions/${id}`;
  await give('SECRETARIAT', '/v1/submissions', { programmeId: 'total-place', roundNo: 3, placeId: 'durham' });
  const { sections } = await read('SECRETARIAT', at);
  const risk = { impact: 3, likelihood: 2 };
  const risks = [
    {
      description: 'Answers come late',
      mitigation: 'Ask the champion',
      before: risk,
      after: risk,
      ownerRole: 'Programme lead',
      proximity: 2,
    },
  ];
  const text = 'As in September.';
  /** What is said by hand in a section. How many barriers are local the programme cannot see. */
  const byHand: Readonly<Record<string, (content?: { counts: object }) => object | undefined>> = {
    prose: () => ({ text }),
    risks: () => ({ risks }),
    'locus-counts': (content) => ({ counts: { ...content?.counts, local: 0 }, text }),
    prefilled: (content) => (content ? undefined : { text }),
  };
  for (const { sectionId, kind, content } of sections) {
    const answer = byHand[kind]?.(content);
    const { version } = await read('SECRETARIAT', at);
    if (answer)
      await give('SECRETARIAT', `${at}/answers`, {
        sectionId,
        content: answer,
        ...(content ? { expectedVersion: version } : {}),
      });
    await give('SECRETARIAT', `${at}/section-completions`, { sectionId });
  }
  await give('SECRETARIAT', `${at}/sign-off-requests`, { included: [] });
  const { statement } = await read('COUNCIL_FINANCE_OFFICER', at);
  await give('COUNCIL_FINANCE_OFFICER', `${at}/sign-off`, { statementHash: statement.hash });
  await give('SECRETARIAT', `${at}/submission`);
  t.match(await read('TREASURY', at), { status: 'submitted' }, 'whoever it is for reads it');
});

test(
  'Suffolk makes its light return in a browser, and its secretariat signs it',
  { timeout: 280_000 },
  async (t) => {
    const { open, eventsOf } = await openWorld(t);
    const { own } = await open({ posts, identityOf });
    const signedIn = async (variable: string): Promise<Browser> => {
      const browser = new Browser();
      await browser.post(`${own}/sign-in`, { post: accountOf(variable) });
      return browser;
    };
    const [member, lead] = await Promise.all(['SUFFOLK_MEMBER', 'SUFFOLK'].map(signedIn));
    /** Fills a form step by step, checks it and records it. */
    async function record(
      browser: Browser | undefined,
      address: string,
      ...steps: readonly Readonly<Record<string, string>>[]
    ): Promise<void> {
      let text = (await browser?.go(`${own}${address}`))?.text ?? '';
      for (const answers of [...steps, { _record: '' }])
        text =
          (await browser?.post(`${own}${address}`, { ...formAt(text, address), ...answers }))?.text ?? '';
      t.match(heading(text), /Recorded/, address);
    }

    await record(
      member,
      '/submissions/new',
      { programmeId: 'total-place', placeId: 'suffolk' },
      { roundNo: '3' },
    );
    const at = `/submissions/${round}.suffolk`;
    for (const sectionId of ['contact', 'theme', 'progress', 'barriers', 'lessons', 'next-step']) {
      await record(
        member,
        `${at}/answers`,
        { sectionId },
        { '_is.content': '0', 'content.text': 'As before.' },
      );
      await record(member, `${at}/section-completions`, { sectionId });
    }
    const consents = (await member?.go(`${own}${at}`))?.text.replace(/<[^>]+>|\s+/g, ' ').replace(/ +/g, ' ');
    t.match(
      consents,
      /Who has consented to be shown Not yet, so that these cannot be included: Ipswich Borough Council : Joint working simplified and focused Given: .*Suffolk County Council: Work opportunities for young people/,
      'whose consent is lacking is said by name, and for what',
    );
    t.notMatch(consents, 'A society for all ages', 'what nobody accepted asks for no consent');
    await record(member, `${at}/sign-off-requests`, {});
    await record(lead, `${at}/sign-off`, {});
    await record(lead, `${at}/submission`, {});
    t.match(eventsOf('FindingsSubmitted').at(-1), {
      recordId: `${round}.suffolk`,
      actor: { account: accountOf('SUFFOLK') },
    });
  },
);
