/**
 * Taking over accounts and grants from a list, where tokens said so far who may do what
 * (docs/rules/account.md#taking-over).
 */
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { accountRecordId, bindingOf, scopeOf } from '../domain/accounts/state.js';
import { mostAdoptedGrants } from '../domain/accounts/limits.js';
import { parseGrant, type Grant } from '../domain/shared/access.js';
import { DateOn, Id, PersonAccount } from '../domain/shared/values.js';
import { asOperator } from './first-administrators.js';
import type { Service } from './service.js';

const GrantWritten = z.string().transform((text, context) => {
  const [role = '', scope = '', ...rest] = text.split('@');
  const grant = rest.length === 0 ? parseGrant(role, scope) : undefined;
  if (!grant)
    context.addIssue({
      code: 'custom',
      message: 'Enter a grant as Acting-As has it, like secretariat@place:durham',
    });
  return grant ?? z.NEVER;
});
const Listed = z.strictObject({
  programme: Id,
  accounts: z
    .array(
      z.strictObject({
        account: PersonAccount,
        issuer: z.string().min(1),
        subject: z.union([z.string().min(1), z.number().transform(String)]),
        grants: z.array(z.strictObject({ grant: GrantWritten, until: DateOn })).max(mostAdoptedGrants),
      }),
    )
    .min(1),
});
export type GrantsFile = z.infer<typeof Listed>;

/** Reads the list; throws one error that names every place in need of mending. */
export function readGrantsFile(text: string): GrantsFile {
  let given: unknown;
  try {
    given = parse(text, { schema: 'core' });
  } catch (error) {
    if (error instanceof YAMLParseError)
      throw new Error(`The list cannot be read: ${error.message}`, { cause: error });
    throw error;
  }
  const list = Listed.safeParse(given);
  if (!list.success)
    throw new Error(
      [
        'The list needs mending:',
        ...list.error.issues.map((i) => `  ${i.path.join('.')}: ${i.message}`),
      ].join('\n'),
    );
  const { accounts } = list.data;
  const twice = [
    ...repeated(accounts.map(({ account }) => account)),
    ...repeated(accounts.map(({ issuer, subject }) => `${issuer}#${subject}`)),
  ];
  if (twice.length > 0) throw new Error(`These stand twice in the list: ${twice.join(', ')}`);
  const seconds = accounts.filter(({ grants }) =>
    grants.some(({ grant }) => approves(grant, list.data.programme)),
  );
  const administrators = accounts.filter(({ grants }) =>
    grants.some(
      ({ grant }) => grant.role === 'access-administrator' && grant.programme === list.data.programme,
    ),
  );
  if (administrators.length < 1 || seconds.length < 2)
    throw new Error(
      `Name an access administrator of ${list.data.programme} and a second person, another administrator ` +
        `or the ` +
        'programme office: nobody could be given a grant otherwise',
    );
  return list.data;
}
const approves = ({ role, programme }: Grant, programmeId: string): boolean =>
  (role === 'access-administrator' || role === 'programme-office') && programme === programmeId;
const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) < index)),
];

/**
 * Takes every account of the list over, then has the log say who may do what. Stopped half-way and given
 * again it goes on; throws a sentence for the first account that cannot be taken over, and then tokens still
 * say it.
 */
export async function adoptAccounts(
  service: Pick<Service, 'executor'>,
  { programme, accounts }: GrantsFile,
): Promise<number> {
  for (const { account, issuer, subject, grants } of accounts)
    await asOperator(service, 'account', accountRecordId(account), 'Adopt', {
      account,
      programmeId: programme,
      issuer,
      subject,
      binding: bindingOf(issuer, subject),
      grants: grants.map(({ grant, until }, index) => ({
        grantId: `${grant.role}-${index + 1}`,
        ...scopeOf(grant),
        until,
      })),
    });
  await asOperator(service, 'log', 'grants', 'AdoptGrants', {});
  return accounts.length;
}
