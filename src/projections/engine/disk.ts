/** What a file of views answers where neither a view nor its events are at fault. */
const codeOf = (error: unknown): string => (error as { code?: string } | null)?.code ?? '';
/** What the file holds cannot be used: reading it again would not help. */
export const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));
/** The file could not be written or read: nothing a view could have done better. */
export const isOfTheDisk = (error: unknown): boolean =>
  isDamage(error) || /^SQLITE_(FULL|IOERR|READONLY|NOMEM|BUSY|CANTOPEN)/.test(codeOf(error));
