/**
 * Who may look around in the demo: at least one reader a role, by the account that holds the post in the seed
 * where one does.
 */

export interface DemoReader {
  /** The shell's name for the token. */
  readonly variable: string;
  readonly grant: string;
  readonly account: string;
}
const post = (title: string, of: string): string => `post.${title}.${of}`;

export const readers: readonly DemoReader[] = [
  {
    variable: 'PROGRAMME_OFFICE',
    grant: 'programme-office@programme:total-place',
    account: post('programme-office', 'total-place'),
  },
  { variable: 'TREASURY', grant: 'treasury@programme:total-place', account: 'demo.treasury' },
  { variable: 'AUDITOR', grant: 'auditor@programme:total-place', account: 'demo.auditor' },
  {
    variable: 'ADMINISTRATOR',
    grant: 'access-administrator@programme:total-place',
    account: 'demo.access-administrator',
  },
  { variable: 'SECRETARIAT', grant: 'secretariat@place:durham', account: post('programme-lead', 'durham') },
  {
    variable: 'CHAIR',
    grant: 'chair@place:durham+agency:durham-county-council',
    account: post('chief-executive', 'durham-county-council'),
  },
  {
    variable: 'SEAT_HOLDER',
    grant: 'seat-holder@place:durham+agency:county-durham-pct',
    account: post('chief-executive', 'county-durham-pct'),
  },
  {
    variable: 'CONTRIBUTOR',
    grant: 'contributor@place:durham+agency:county-durham-pct',
    account: 'demo.contributor',
  },
  {
    variable: 'FINANCE_OFFICER',
    grant: 'finance-officer@agency:county-durham-pct',
    account: post('finance-director', 'county-durham-pct'),
  },
  { variable: 'CHAMPION', grant: 'champion@place:kent', account: 'alexis-cleveland' },
  {
    variable: 'OFFICIAL',
    grant: 'official@agency:department-for-work-and-pensions',
    account: post('official', 'department-for-work-and-pensions'),
  },
  {
    variable: 'LEICESTERSHIRE',
    grant: 'secretariat@place:leicester-leicestershire',
    account: post('programme-lead', 'leicester-leicestershire'),
  },
  {
    variable: 'LEICESTERSHIRE_SEAT_HOLDER',
    grant: 'seat-holder@place:leicester-leicestershire+agency:leicestershire-county-council',
    account: post('chief-executive', 'leicestershire-county-council'),
  },
  { variable: 'SUFFOLK', grant: 'secretariat@place:suffolk', account: post('programme-lead', 'suffolk') },
  { variable: 'MEMBER', grant: 'member@place:norfolk', account: post('partnership-officer', 'norfolk') },
  { variable: 'PUBLIC', grant: 'public@', account: 'demo.public' },
];

/** The grants of a reader; the public has none. */
export const grantsOf = (r: DemoReader): string[] => (r.grant === 'public@' ? [] : [r.grant]);

/**
 * A file to be read by a shell (`. demo.env`): the address, the operator's where there is one, and each
 * reader's token by its name.
 */
export const shellFile = (url: string, tokens: Readonly<Record<string, string>>, operator?: string): string =>
  [
    '# Made by the demo at each start; its tokens are good for nothing else.',
    `URL='${url}'`,
    ...(operator ? [`OPERATOR='${operator}'`] : []),
    ...readers.map((r) => `${r.variable}='${tokens[r.grant]}'`),
    '',
  ].join('\n');
