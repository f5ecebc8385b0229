/**
 * The codes that agencies go by (docs/rules/agency.md#codes): how each scheme writes them, and when two are
 * the same.
 */
import { z } from 'zod';
import { choice } from '../shared/fields.js';
import { characters } from '../shared/patterns.js';

export const Scheme = choice({
  gss: 'Area code of the statistics office (GSS)',
  ods: 'Code of a health body (ODS)',
  iati: 'International aid organisation (IATI)',
  department: 'Letters of a department',
  charity: 'Charity number',
  company: 'Company number',
  programme: 'A code of the programme’s own',
});
export type Scheme = z.infer<typeof Scheme>;

const forms: Readonly<Record<Scheme, readonly [form: RegExp, what: string]>> = {
  gss: [/^[EWSN]\d{8}$/, 'an area code, like E06000047'],
  ods: [/^[A-Z0-9]{3,10}$/, 'an ODS code, like 5ND'],
  iati: [/^[A-Z]{2,3}-[A-Z0-9]{2,20}-[A-Z0-9][A-Z0-9._-]{0,30}$/, 'an IATI organisation id, like GB-GOV-1'],
  department: [/^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$/, 'the department’s letters, like DCLG'],
  charity: [/^(\d{6,7}(-\d{1,3})?|SC\d{6}|NIC\d{6})$/, 'a charity number, like 1161290 or SC012345'],
  company: [/^(\d{8}|[A-Z][A-Z0-9]\d{5}[A-Z0-9])$/, 'a company number of eight characters, like 01234567'],
  programme: [/^[A-Z0-9]+([./-][A-Z0-9]+)*$/, 'a code of letters, digits and hyphens, like TP-PCT-01'],
};
/**
 * As it is stored: without blanks around it, in capitals (of ASCII: no other letter becomes one of its own).
 */
const written = (code: string): string => code.trim().replace(/[a-z]+/g, (letters) => letters.toUpperCase());
/** In characters, whatever the scheme. */
const longestCode = 40;
const text = z
  .string({ error: 'Enter a code' })
  .overwrite(written)
  .min(1, 'Enter a code')
  .max(longestCode, `Enter a code in ${longestCode} characters or fewer`)
  .regex(/^[A-Z0-9./_-]+$/, 'Enter a code of letters, digits and hyphens')
  .meta({ field: 'line' });

/** A code as it is entered, in its scheme's own form, with what else is asked for. */
export function codeOf<T extends z.ZodRawShape>(more: T) {
  return z
    .strictObject({
      scheme: Scheme.meta({ label: 'Kind of code' }),
      code: text.meta({ label: 'Code' }),
      ...more,
    })
    .superRefine((given, issues) => {
      const { scheme, code } = given as { scheme: Scheme; code: string };
      const [form, what] = forms[scheme];
      if (!form.test(code)) issues.addIssue({ code: 'custom', path: ['code'], message: `Enter ${what}` });
    });
}
/**
 * A code that an event or a request names, of whatever form: older logs hold some that are no code of their
 * scheme today.
 */
export const NamedCode = z
  .string({ error: 'Enter a code' })
  .regex(
    new RegExp(`^${characters('[A-Za-z0-9]', '[A-Za-z0-9 ./-]', longestCode)}$`),
    'Enter a code of letters and digits',
  )
  .meta({ field: 'line' });

/** Of a company's number, which is often written without the noughts before it. */
const companyDigits = 8;
/** Equal for two ways to write one code: also for those that older logs hold as they were typed. */
export function codeKey(scheme: string, code: string): string {
  const key = written(code).replace(/\s+/g, '');
  const bare = ['gss', 'ods', 'company'].includes(scheme) ? key.replace(/[./-]/g, '') : key;
  return scheme === 'company' && /^\d+$/.test(bare) ? bare.padStart(companyDigits, '0') : bare;
}
export const isSameCode = (
  one: { readonly scheme: string; readonly code: string },
  other: { readonly scheme: string; readonly code: string },
): boolean =>
  one.scheme === other.scheme && codeKey(one.scheme, one.code) === codeKey(other.scheme, other.code);
