/** Asking a running service at its operator's address. */

/**
 * Gives `ask(path, init)`, which answers the body as JSON; `token` is the service's OPERATOR_TOKEN, where it
 * asks for one. Throws with what to do when the service cannot be reached, or refuses.
 */
export function operatorOf(
  service: string,
  token: string | undefined,
): <T>(path: string, init?: RequestInit) => Promise<T> {
  const headers = {
    'content-type': 'application/json',
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  const origin = /^https?:\/\//i.test(service) && URL.canParse(service) ? new URL(service).origin : undefined;
  if (origin === undefined)
    throw new Error(`${service} is no address: name the running service as http(s)://host:port`);
  return async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const answer = await fetch(new URL(path, origin), { ...init, headers, redirect: 'error' }).catch(
      (error: unknown) => {
        const { cause, message } = error as Error;
        const because = (cause as { code?: string } | undefined)?.code ?? message;
        throw new Error(
          `${origin} cannot be reached: ${because}. Name the running service as http(s)://host:port`,
        );
      },
    );
    if (answer.status === 401)
      throw new Error(
        token
          ? `${origin} does not take this token: OPERATOR_TOKEN ` +
              'must be the one that the service was started with'
          : `${origin} asks for the operator’s token: it must stand in the environment as OPERATOR_TOKEN`,
      );
    if (answer.status === 404)
      throw new Error(
        `${origin} is not the operator’s address of a service: start it with OPERATOR_PORT or OPERATOR_TOKEN`,
      );
    const body = (await answer.json().catch(() => ({}))) as T & { detail?: string };
    if (!answer.ok) throw new Error(body.detail ?? `${origin} answered ${answer.status}`);
    return body;
  };
}
