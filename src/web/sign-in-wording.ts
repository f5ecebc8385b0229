/** What the pages of signing in say. */
import type { Identity } from '../http/query/deps.js';
import type { Issuer } from './issuers.js';

export interface Way {
  readonly text: string;
  readonly href: string;
}
/** A post of the demo, and what it is for. */
export interface Post {
  readonly account: string;
  readonly title: string;
  readonly use: string;
}
/** `at`: the field that it is about. */
export interface PostMistake {
  readonly at: 'post' | 'other';
  readonly text: string;
  readonly typed: string;
}
export interface SignInPage {
  readonly status: number;
  readonly title: string;
  /** Paragraphs. */
  readonly says: readonly string[];
  /** Something to be told to somebody else, as it stands. */
  readonly quoted?: string;
  /** What the ways are, as a heading. */
  readonly choose?: string;
  readonly ways: readonly Way[];
  /** Of the demo: whom to sign in as, and where to go then. */
  readonly posts?: readonly Post[];
  readonly returnTo?: string;
  /** Of the demo: whoever took up an invitation may come again. */
  readonly invitees?: boolean;
  /** Of the demo: what was chosen and typed, and what is wrong with it. */
  readonly mistake?: PostMistake;
  /** Of the demo: the secret of an invitation that can be taken up here. */
  readonly takeUp?: string;
  /** A form that was kept: where it is sent, and with what. */
  readonly kept?: Kept;
  /** What somebody typed, to be copied where it could not be kept. */
  readonly typed?: readonly string[];
}
export interface Kept {
  readonly address: string;
  readonly hidden: readonly Hidden[];
  /** Of the form that throws it away. */
  readonly forget: readonly Hidden[];
}
interface Hidden {
  readonly name: string;
  readonly value: string;
}
/** Characters from which on a value is worth being copied: shorter ones are chosen, or typed again. */
const worthCopying = 20;

/** In the demo, what is chosen by whoever took up an invitation and comes again. */
export const otherPost = 'invited';
export const noPost = 'Choose one of the posts';
export const noAccountTyped = 'Enter your account, like programme-lead.durham';
export const noInvitee = (account: string): string =>
  `Enter the account whose invitation you took up here: ${account} is none that did`;
const organisations = 'Choose your organisation';
const noOrganisation = 'No organisation is set up to sign in here. Ask whoever runs this service.';
const page = (status: number, title: string, says: string[], more: Partial<SignInPage> = {}): SignInPage => ({
  status,
  title,
  says,
  ways: [],
  ...more,
});
/** One page, with organisations to choose from. */
const among = (status: number, title: string, says: string[], ways: readonly Way[]): SignInPage =>
  ways.length > 0
    ? page(status, title, says, { ways, choose: organisations })
    : page(status, title, [...says, noOrganisation]);

const isWorthCopying = (value: string): boolean => value.length >= worthCopying;

export const wording = {
  choose: (ways: readonly Way[]) =>
    among(
      200,
      'Sign in',
      ['You sign in with your own organisation. There is no password of this service.'],
      ways,
    ),
  choosePost: (posts: readonly Post[], returnTo: string, invitees: boolean, mistake?: PostMistake) =>
    page(
      mistake ? 400 : 200,
      'Sign in to the demonstration',
      [
        'Choose a post, and look at the programme of 2009 as whoever holds it. Nothing is asked of you: ' +
          'the demonstration is on your own computer, and everything in it can be tried.',
      ],
      { posts, returnTo, invitees, ...(mistake ? { mistake } : {}) },
    ),
  startAgain: (ways: readonly Way[]) =>
    among(
      400,
      'You are not signed in yet',
      ['This sign-in took too long, was used before, or was begun in another window. Start again.'],
      ways,
    ),
  down: ({ name }: Issuer, ways: readonly Way[]) =>
    among(
      503,
      `${name} cannot be asked now`,
      [
        `Nothing is wrong with you or your account: ${name} does not answer this service as it should. ` +
          'Try again in a few minutes.',
        'Other organisations are not touched by it.',
      ],
      ways,
    ),
  late: (isKept: boolean, entries: readonly (readonly [name: string, value: string])[]) =>
    page(
      401,
      'You have been signed out',
      isKept
        ? [
            'You were signed out before you sent this form, so nothing was recorded. What you entered is ' +
              'kept in this browser for 14 days, for you alone.',
            'Sign in again, and go on with it.',
          ]
        : [
            'You were signed out before you sent this form, so nothing was recorded.',
            ...(entries.length > 0
              ? ['It is too long to be kept. Copy what you need from below, then sign in and enter it again.']
              : ['Sign in again, and fill the form in once more.']),
          ],
      {
        ...(isKept ? {} : { typed: entries.map(([, value]) => value).filter(isWorthCopying) }),
        ways: [{ text: 'Sign in', href: isKept ? '/sign-in?return=%2Fkept-form' : '/sign-in' }],
      },
    ),
  again: (
    issuer: Issuer | undefined,
    isKept: boolean,
    entries: readonly (readonly [name: string, value: string])[],
  ) =>
    page(
      403,
      'Sign in again to do this',
      [
        'Who signs or approves proves once more who they are. Nothing was recorded yet.',
        isKept
          ? 'Sign in again, and come back to your answers.'
          : 'Your answers are too long to be kept meanwhile. Copy what you need from below, sign in again, ' +
            'and enter it once more.',
      ],
      {
        ...(isKept ? {} : { typed: entries.map(([, value]) => value).filter(isWorthCopying) }),
        ways: [
          {
            text: issuer ? `Sign in again with ${issuer.name}` : 'Sign in again',
            href:
              `/sign-in${issuer ? `/${issuer.id}` : ''}?again=yes` + (isKept ? '&return=%2Fkept-form' : ''),
          },
        ],
      },
    ),
  kept: (kept: Kept) =>
    page(
      200,
      'Go on with the form that you sent',
      ['Nothing of it was recorded yet. Go on, and check your answers before it is.'],
      { kept },
    ),
  nothingKept: () =>
    page(200, 'There is no form of yours here', [
      'Forms are kept for 14 days, in the browser that sent them, for whoever was signed in there.',
    ]),
  declined: ({ name }: Issuer, ways: readonly Way[]) =>
    among(
      403,
      'You are not signed in',
      [`${name} did not let you in, or you chose not to go on. Start again, or ask its service desk.`],
      ways,
    ),
  noAccount: ({ name, contact }: Issuer, { issuer, subject }: Identity, wasInvited: boolean) =>
    page(
      403,
      'You have no account here yet',
      [
        `${name} knows you, and this service does not.`,
        ...(wasInvited
          ? ['The invitation that you opened cannot be taken up any more. Ask for another.']
          : []),
        contact === undefined
          ? 'Ask an administrator of your programme to invite you.'
          : `To be invited, ask ${contact}.`,
        'They may ask who you are to your organisation. This is what it says:',
      ],
      { quoted: `${issuer}#${subject}` },
    ),
  notActivated: (detail: string) => page(403, 'This invitation cannot be taken up', [detail]),
  noInvitation: () =>
    page(404, 'There is no such invitation', [
      'An invitation is good for 14 days, and once. Check that you copied all of its address, or ask ' +
        'whoever invited you for another.',
    ]),
  invited: (account: string, ways: readonly Way[]) =>
    among(
      200,
      'You have been invited',
      [
        `Somebody has made the account ${account} for you. Sign in with your organisation, and it is yours.`,
        'From then on only you can use it. If you are not who was meant, close this page.',
      ],
      ways,
    ),
  invitedInDemo: (account: string, secret: string) =>
    page(
      200,
      'You have been invited',
      [
        `Somebody has made the account ${account} for you. In the demonstration no organisation signs you ` +
          `in: ` +
          'take it up, and it is yours.',
      ],
      { takeUp: secret },
    ),
  signedOut: (issuer: Issuer | undefined, on: string | undefined) =>
    page(
      200,
      'You are signed out',
      on === undefined || !issuer
        ? ['Close your browser if others use this computer.']
        : [`You are signed out here. ${issuer.name} is asked to sign you out too.`],
      {
        ways: [
          ...(on === undefined || !issuer ? [] : [{ text: `Sign out of ${issuer.name}`, href: on }]),
          { text: 'Sign in again', href: '/sign-in' },
        ],
      },
    ),
};
