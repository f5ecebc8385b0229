/**
 * Who may look around in the demo: at least one reader a role, by the account that holds the post in the seed
 * where one does.
 */

export interface DemoReader {
  /** The shell's name for the token. */
  readonly variable: string;
  readonly grant: string;
  readonly account: string;
  /** The post in words, and what it is good for. */
  readonly title: string;
  readonly use: string;
}
const post = (title: string, of: string): string => `post.${title}.${of}`;

export const readers: readonly DemoReader[] = [
  {
    variable: 'PROGRAMME_OFFICE',
    grant: 'programme-office@programme:total-place',
    account: post('programme-office', 'total-place'),
    title: 'Programme office',
    use: 'Runs the programme: rounds, milestones, which places take part.',
  },
  {
    variable: 'TREASURY',
    grant: 'treasury@programme:total-place',
    account: 'demo.treasury',
    title: 'Treasury',
    use: 'Sees what the places found and what Whitehall owes them, and answers for the Treasury.',
  },
  {
    variable: 'AUDITOR',
    grant: 'auditor@programme:total-place',
    account: 'demo.auditor',
    title: 'Auditor',
    use: 'Reads everything, and changes nothing.',
  },
  {
    variable: 'ADMINISTRATOR',
    grant: 'access-administrator@programme:total-place',
    account: 'demo.access-administrator',
    title: 'Access administrator',
    use: 'Invites people, and asks for and approves what they may do.',
  },
  {
    variable: 'SECRETARIAT',
    grant: 'secretariat@place:durham',
    account: post('programme-lead', 'durham'),
    title: 'Secretariat of Durham',
    use: 'Keeps the records of a place and sends its returns.',
  },
  {
    variable: 'CHAIR',
    grant: 'chair@place:durham+agency:durham-county-council',
    account: post('chief-executive', 'durham-county-council'),
    title: 'Chair in Durham',
    use: 'Chairs the table of a place, and opens and closes its decisions.',
  },
  {
    variable: 'SEAT_HOLDER',
    grant: 'seat-holder@place:durham+agency:county-durham-pct',
    account: post('chief-executive', 'county-durham-pct'),
    title: 'Seat holder in Durham',
    use: 'Speaks for a body at the table: pledges, positions, promises.',
  },
  {
    variable: 'CONTRIBUTOR',
    grant: 'contributor@place:durham+agency:county-durham-pct',
    account: 'demo.contributor',
    title: 'Contributor in Durham',
    use: 'Enters what a body counted and found, and decides nothing.',
  },
  {
    variable: 'FINANCE_OFFICER',
    grant: 'finance-officer@agency:county-durham-pct',
    account: post('finance-director', 'county-durham-pct'),
    title: 'Finance officer in Durham',
    use: 'Confirms what a body pledged, and pays it in.',
  },
  {
    variable: 'COUNCIL_FINANCE_OFFICER',
    grant: 'finance-officer@agency:durham-county-council',
    account: post('finance-director', 'durham-county-council'),
    title: 'Finance officer of Durham County Council',
    use: 'Signs what Durham returns, for the body that answers for its money.',
  },
  {
    variable: 'CHAMPION',
    grant: 'champion@place:kent',
    account: 'alexis-cleveland',
    title: 'Champion of Kent',
    use: 'Takes a place’s barriers up in Whitehall.',
  },
  {
    variable: 'OFFICIAL',
    grant: 'official@agency:department-for-work-and-pensions',
    account: post('official', 'department-for-work-and-pensions'),
    title: 'Official at Work and Pensions',
    use: 'Answers for a department: what it owes, and by when.',
  },
  {
    variable: 'LEICESTERSHIRE',
    grant: 'secretariat@place:leicester-leicestershire',
    account: post('programme-lead', 'leicester-leicestershire'),
    title: 'Secretariat of Leicester and Leicestershire',
    use: 'Another place, whose records Durham does not see.',
  },
  {
    variable: 'LEICESTERSHIRE_SEAT_HOLDER',
    grant: 'seat-holder@place:leicester-leicestershire+agency:leicestershire-county-council',
    account: post('chief-executive', 'leicestershire-county-council'),
    title: 'Seat holder in Leicester and Leicestershire',
    use: 'Speaks for the county council there.',
  },
  {
    variable: 'SUFFOLK',
    grant: 'secretariat@place:suffolk',
    account: post('programme-lead', 'suffolk'),
    title: 'Secretariat of Suffolk',
    use: 'A place with commitments to offer and to accept.',
  },
  {
    variable: 'SUFFOLK_SEAT_HOLDER',
    grant: 'seat-holder@place:suffolk+agency:suffolk-pct',
    account: post('chief-executive', 'suffolk-pct'),
    title: 'Seat holder in Suffolk',
    use: 'Speaks for the primary care trust: accepts what it is offered, and keeps it.',
  },
  {
    variable: 'SUFFOLK_CHAIR',
    grant: 'chair@place:suffolk+agency:suffolk-county-council',
    account: post('chief-executive', 'suffolk-county-council'),
    title: 'Chair in Suffolk',
    use: 'Chairs the table of 22, and speaks for the county council, which verifies what others promised.',
  },
  {
    variable: 'SUFFOLK_CONTRIBUTOR',
    grant: 'contributor@place:suffolk+agency:suffolk-pct',
    account: 'demo.suffolk-contributor',
    title: 'Contributor in Suffolk',
    use: 'Enters what the primary care trust counted and found, and decides nothing.',
  },
  {
    variable: 'SUFFOLK_FINANCE_OFFICER',
    grant: 'finance-officer@agency:suffolk-pct',
    account: post('finance-director', 'suffolk-pct'),
    title: 'Finance officer in Suffolk',
    use: 'Confirms what the primary care trust pledges, and pays it in.',
  },
  {
    variable: 'SUFFOLK_MEMBER',
    grant: 'member@place:suffolk',
    account: post('partnership-officer', 'suffolk'),
    title: 'Member in Suffolk',
    use: 'Answers the light return of a parallel place, which its secretariat signs.',
  },
  {
    variable: 'MEMBER',
    grant: 'member@place:norfolk',
    account: post('partnership-officer', 'norfolk'),
    title: 'Member in Norfolk',
    use: 'Sits at the table, and reads what its members read.',
  },
  {
    variable: 'PUBLIC',
    grant: 'public@',
    account: 'demo.public',
    title: 'Somebody from the public',
    use: 'Sees what is open to everybody.',
  },
];

/** As whom anybody may sign in to the demo; an administrator needs a second one. */
export const posts = [
  ...readers.filter(({ grant }) => grant !== 'public@'),
  ...['1', '2'].map((number) => ({
    account: `total-place.administrator-${number}`,
    title: `First administrator ${number}`,
    use: 'Was named when the programme began; approves what another administrator asks for.',
  })),
].map(({ account, title, use }) => ({ account, title, use }));

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
