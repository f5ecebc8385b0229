/** Barriers of Durham that wait for an answer of the department of the demo's official. */
import type { Harness } from '../http/harness.js';

/** Records one, says that it is Whitehall's, and proposes the department; its id. */
export async function waitingBarrier(
  { command }: Pick<Harness, 'command'>,
  statement: string,
): Promise<string> {
  const lead = ['secretariat@place:durham', 'post.programme-lead.durham'] as const;
  const body = {
    placeId: 'durham',
    kind: 'guidance',
    statement,
    effectOnResidents: 'They tell it more than once',
  };
  const { id } = (await command(...lead, '/v1/barriers', body)).json as { readonly id: string };
  await command(...lead, `/v1/barriers/${id}/triage`, { locus: 'whitehall', reason: 'It is theirs' });
  await command(...lead, `/v1/barriers/${id}/owners`, { agencyIds: ['department-for-work-and-pensions'] });
  return id;
}
