/** Takes the service's right to append away, so that a log on a secure server can be copied as it stands. */
import type { Admin } from './admin.js';
import { collect } from './collect.js';

type Acl = Record<string, string | string[]>;
const ms = 5_000;

/**
 * Only administrators append from now on; `log prepare` gives the right back. It is the server's default for
 * every stream without rights of its own: other namespaces on the same server are sealed with it.
 */
export async function sealRights(admin: Admin): Promise<void> {
  const [settings] = await collect(admin.driver.readStream('$settings', 'end', 1), ms);
  if (!settings)
    throw new Error(
      'the server has no default rights: run "total-place log ' +
        'prepare" first, and see that the service works with them',
    );
  const before = JSON.parse(settings.body()) as Record<string, Acl>;
  const after = { ...before, $userStreamAcl: { ...before.$userStreamAcl, $w: ['$admins'] } };
  await admin.driver.append(
    '$settings',
    settings.revision,
    [{ id: crypto.randomUUID(), type: 'update-default-acl', content: { json: after } }],
    ms,
  );
}
