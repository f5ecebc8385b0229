/**
 * Documents made from the registry itself: who may give which command, and what each kind of due item means.
 */
import { roles, type Role } from '../../src/domain/shared/access.js';
import { commandRoutes } from '../../src/http/commands.js';
import { answerRoute, departmentAnswersAddress } from '../../src/http/query/department-answers.js';
import { kindOf } from '../../src/domain/kernel/types.js';
import { dueRoles, dueTable } from '../../src/domain/progress/due-codes.js';

const columns = Object.keys(roles) as Exclude<Role, 'system'>[];
const short: Record<Exclude<Role, 'system'>, string> = {
  'seat-holder': 'SH',
  chair: 'CH',
  secretariat: 'SE',
  contributor: 'CO',
  'finance-officer': 'FO',
  champion: 'WC',
  official: 'DO',
  treasury: 'TR',
  'programme-office': 'PO',
  auditor: 'AU',
  member: 'PP',
  public: 'PU',
  'access-administrator': 'AD',
};
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const scopeOf = (role: Exclude<Role, 'system'>): string =>
  roles[role].join(' + ') || (role === 'auditor' ? 'programme or places' : '–');

/** The member that a refusal depends on, where it is one that the author says. */
const byWhat = (declared: string): string => {
  const [, member] = declared.split(' of ');
  return member === undefined ? '' : ` (by \`${member}\`)`;
};

/** `docs/permissions.md`. */
export const permissionsPage = (): string => {
  const collections = [...new Set(commandRoutes.map((r) => r.aggregate.collection))];
  return [
    '# Who may give which command',
    '',
    'Made by `npm run docs` from the registry. A mark is what a role needs to be heard at all, held ' +
      'within the scope below; where a rule speaks',
    'of a seat, the collaborative is read besides, and the command’s own refusals of kind *who* (403) ' +
      'say what more is asked.',
    'An account that holds an auditor’s grant and another in the same programme (`public` apart; an ' +
      'agency’s grant is of every programme), or a',
    'champion’s and a seat-holder’s or chair’s in the same place, is refused `SOD_CONFLICT` for every ' +
      'command in one of the two.',
    'Behind a code, *after* names what the same account did before on the same record that keeps it ' +
      'from the command, in whatever token it comes.',
    '*By* names the member of the command that a refusal depends on; any other is said by ' +
      '`GET /v1/{collection}/{id}/commands` already.',
    'Who *reads* what is another question: the tiers, and one function, `canSee`.',
    `\`POST ${departmentAnswersAddress}\` gives ${answerRoute.name} to several barriers at once, to each as ` +
      'official of the department that is named.',
    '',
    row(['Mark', 'Role in a grant', 'Scope of the grant']),
    row(['---', '---', '---']),
    ...columns.map((r) => row([short[r], `\`${r}\``, scopeOf(r)])),
    '',
    ...collections.flatMap((collection) => [
      `## ${collection}`,
      '',
      row(['Command', 'Route', ...columns.map((r) => short[r]), 'Refused (403)']),
      row(['---', '---', ...columns.map(() => ':-:'), '---']),
      ...commandRoutes
        .filter((r) => r.aggregate.collection === collection)
        .map(({ name, url, entry }) => {
          const kept = entry.apart && ` (after ${entry.apart.after.map((type) => `\`${type}\``).join(', ')})`;
          const who = Object.entries(entry.refuses).flatMap(([code, kind]) =>
            kindOf(kind) === 'who'
              ? [`\`${code}\`${(code === entry.apart?.code && kept) || ''}${byWhat(kind)}`]
              : [],
          );
          return row([
            `${name}<br>${entry.title}`,
            `\`POST ${url}\``,
            ...columns.map((r) => (entry.givenBy.includes(r) ? '●' : '')),
            who.join(', '),
          ]);
        }),
      '',
    ]),
  ].join('\n');
};

/** `docs/due-items.md`. */
export const dueItemsPage = (): string =>
  [
    '# What can be due, and how late it may look',
    '',
    'Made by `npm run docs` from `src/domain/progress/due-codes.ts`. An item is due, near or late by ' +
      'the day alone; none of it is recorded.',
    'Within 10 working days it is amber-green; late 1–10 amber, 11–20 amber-red, more red; *steep* ones ' +
      'a level higher',
    '(late 1–5 amber-red, more red); never above the highest level of its code.',
    '',
    row(['Code', 'Highest level', 'Steep', 'Done by']),
    row(['---', '---', '---', '---']),
    ...Object.entries(dueTable).map(([code, { highest, steep }]) =>
      row([
        `\`${code}\``,
        highest,
        steep ? 'yes' : '',
        [...dueRoles[code as keyof typeof dueTable]].join(', '),
      ]),
    ),
    '',
    'Late delivery, silence and red reports colour a place together, as `commitments-late`: any amber; ' +
      'at least a quarter and two amber-red;',
    'at least half and three red; of all commitments accepted, completed ones included, departments’ ' +
      'and the place’s own each by themselves.',
    '',
  ].join('\n');
