/**
 * Every code of a problem document that no record declares, with its status: another does not compile, and
 * the API's description lists these.
 */
import { kindStatus } from '../../commands/judge.js';
import { standardRefusals } from '../../domain/kernel/command.js';

type Standard = typeof standardRefusals;
const standard = Object.fromEntries(
  Object.entries(standardRefusals).map(([code, kind]) => [code, kindStatus[kind]]),
) as {
  readonly [C in keyof Standard]: (typeof kindStatus)[Standard[C]];
};

/** What any command may be refused with, and what is said of any request: each code has one status. */
export const problemCodes = {
  INVALID_REQUEST: 400,
  INVALID_PARAMETER: 400,
  VERSION_REQUIRED: 400,
  ACTING_AS_REQUIRED: 400,
  INVALID_ACTING_AS: 400,
  IF_MATCH_NOT_READ: 400,
  INVALID_IDEMPOTENCY_KEY: 400,
  BODY_NOT_AN_OBJECT: 400,
  INVALID_UTF8: 400,
  LONE_SURROGATE: 400,
  NUL_CHARACTER: 400,
  MALFORMED_JSON: 400,
  BODY_TOO_DEEP: 400,
  DUPLICATE_KEY: 400,
  FORBIDDEN_KEY: 400,
  NUMBER_OUT_OF_RANGE: 400,
  INVALID_CONTENT_LENGTH: 400,
  INVALID_CURSOR: 400,
  INVALID_POSITION: 400,
  FOREIGN_POSITION: 400,
  POSITION_BEYOND_LOG: 400,
  AUTHORIZATION_REPEATED: 400,
  HOST_REQUIRED: 400,
  BAD_URL: 400,
  BAD_REQUEST: 400,
  TOKEN_REQUIRED: 401,
  NO_ACCOUNT: 403,
  GRANTS_IN_TOKENS: 409,
  TOKEN_EXPIRED: 401,
  INVALID_TOKEN: 401,
  INVALID_GRANT: 401,
  AUDIENCE_TOO_NARROW: 403,
  FRESH_SIGN_IN_REQUIRED: 403,
  NOT_FOUND: 404,
  NOT_YET_RECORDED: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  REQUEST_TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  ADDRESS_TOO_LONG: 414,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNSUPPORTED_CONTENT_ENCODING: 415,
  EXPECTATION_FAILED: 417,
  EXPORT_TOO_LARGE: 422,
  TOO_MANY_RECORDS: 422,
  TOO_MANY_REQUESTS: 429,
  TOO_MANY_REFUSALS: 429,
  TOO_MANY_EXPORTS: 429,
  TOO_MANY_STREAMS: 429,
  HEADERS_TOO_LONG: 431,
  INTERNAL_ERROR: 500,
  OVERLOADED: 503,
  TOO_BUSY: 503,
  OUTCOME_UNKNOWN: 503,
  CLOCK_IN_DOUBT: 503,
  LOG_UNAVAILABLE: 503,
  LOG_REFUSED: 503,
  READ_MODEL_BEHIND: 503,
  VIEW_BUILDING: 503,
  VIEW_STOPPED: 503,
  VIEW_BEHIND: 503,
  VIEWS_UNREADABLE: 503,
  READS_UNREADABLE: 503,
  EXPORT_OVERTAKEN: 503,
  ISSUER_UNAVAILABLE: 503,
  NO_PLACE_FOR_EXPORTS: 503,
  NO_PLACE_FOR_STREAMS: 503,
  CLOSING: 503,
  ...standard,
} as const;
/** What is said at the operator's addresses alone, which the description leaves out. */
export type OperatorCode = 'OPERATOR_TOKEN_REQUIRED' | 'CLOCK_OF_ITS_OWN' | 'NO_SUCH_VIEW' | 'NO_COPY_NOW';
/** What is said on pages alone. */
export type PageCode = 'FORM_NOT_YOURS';
export type ProblemCode = keyof typeof problemCodes | OperatorCode | PageCode;
