/** Gives an import to a service over HTTP, by its API, with a token. */
import { keyOf, routeOf } from './key.js';
import type { Answers, AskRecord, Collection } from './records.js';
import type { Giver, Refused } from './plan.js';
import type { Step } from './step.js';

interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}
interface Answer {
  readonly status: number;
  readonly json: unknown;
}
/** How often a request is sent in all where the service cannot take it now. */
const tries = 5;
/** In milliseconds, where the service does not say itself when to come again. */
const pause = 1_000;
/** Statuses by which a service says: not now. */
const later: ReadonlySet<number> = new Set([429, 503]);

export class Client implements Giver {
  readonly grants: readonly string[];
  private constructor(
    private readonly send: (asked: Asked) => Promise<Answer>,
    grants: readonly string[],
  ) {
    this.grants = grants;
  }

  /** Asks who holds the token; `actingAs`: this one of their grants. Throws a sentence of what is wrong. */
  static async open(url: string, token: string, actingAs?: string): Promise<Client> {
    const send = sender(url, token);
    const { status, json } = await send({ method: 'GET', path: '/v1/account' });
    if (status !== 200) throw new Error(`The token was not taken: ${sentenceOf(json)}`);
    const { grants } = json as { readonly grants: readonly string[] };
    if (actingAs !== undefined && !grants.includes(actingAs))
      throw new Error(`The token’s holder has no grant ${actingAs}. Theirs: ${grants.join(', ') || 'none'}`);
    return new Client(send, actingAs === undefined ? grants : [actingAs]);
  }

  readonly ask: AskRecord = async <C extends Collection>(collection: C, id: string) => {
    const { status, json } = await this.send({
      method: 'GET',
      path: `/v1/${collection}/${encodeURIComponent(id)}`,
    });
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`${collection}/${id} cannot be read: ${sentenceOf(json)}`);
    return json as Answers[C];
  };

  async preview(step: Step): Promise<Refused | 'nothing' | undefined> {
    const { status, json } = await this.#post(step, '?preview=true');
    if (status !== 200) return refusalIn(json);
    return (json as { readonly would: readonly unknown[] }).would.length === 0 ? 'nothing' : undefined;
  }

  async give(step: Step): Promise<Refused | undefined> {
    const { status, json } = await this.#post(step, '');
    return status === 200 || status === 201 ? undefined : refusalIn(json);
  }

  async #post(step: Step, query: string): Promise<Answer> {
    const answer = await this.send({
      method: 'POST',
      path: `${routeOf(step).url.replace(':id', encodeURIComponent(step.recordId ?? ''))}${query}`,
      body: step.body,
      headers: { 'idempotency-key': keyOf(step), 'acting-as': step.grant },
    });
    if (answer.status === 401 || answer.status === 429 || answer.status >= 500)
      throw new Error(`The service does not go on: ${sentenceOf(answer.json)}`);
    return answer;
  }
}

const sender =
  (url: string, token: string) =>
  async ({ method, path, body, headers }: Asked): Promise<Answer> => {
    const init = {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    };
    for (let sent = 1; ; sent++) {
      const answer = await fetch(new URL(path, url), init).catch((error: unknown) => {
        throw new Error(`${url} cannot be reached`, { cause: (error as Error).cause ?? error });
      });
      if (!later.has(answer.status) || sent === tries)
        return { status: answer.status, json: await answer.json().catch(() => undefined) };
      const seconds = Number(answer.headers.get('retry-after'));
      await answer.body?.cancel();
      await new Promise((resolve) => setTimeout(resolve, seconds > 0 ? seconds * 1_000 : pause));
    }
  };

interface ProblemShape {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}
const sentenceOf = (json: unknown): string =>
  (json as ProblemShape | undefined)?.detail ?? 'it answers something that is not of this API';
function refusalIn(json: unknown): Refused {
  const { code = 'UNKNOWN', errors = [] } = (json ?? {}) as ProblemShape;
  const [error] = errors;
  // What is wrong with one member says more than that something is wrong.
  const detail = code === 'INVALID_REQUEST' && error ? error.message : sentenceOf(json);
  return { code, detail, pointer: error?.path ?? '' };
}
