/**
 * SQLite's driver, made safe on Node 24. Since 24.19 a native object of better-sqlite3 before 13 that is
 * garbage collected while no script runs ends the process (nodejs/node#65446); 13 does not run on Node 20. So
 * there nothing of it is ever collected: databases and statements are few here, and prepared once
 * (docs/adr/0012).
 */
import Database from 'better-sqlite3';

/** For a backup's `progress`: all of a file's pages in one step. */
export const allPages = 2 ** 31 - 1;

const kept = new Set<object>();
/** True where a collected statement would end the process. */
export const collectsAtItsPeril = Number(process.versions.node.split('.')[0]) >= 24;

if (collectsAtItsPeril) {
  const { prepare, exec } = Database.prototype;
  Database.prototype.prepare = function (this: Database.Database, sql: string) {
    const statement = prepare.call(this, sql);
    kept.add(this).add(statement);
    return statement;
  } as typeof prepare;
  Database.prototype.exec = function (this: Database.Database, sql: string) {
    kept.add(this);
    return exec.call(this, sql);
  } as typeof exec;
  // A copy under way is a native object too, which the driver makes within itself and drops when it is done.
  const { backup } = Database.prototype;
  let watched = false;
  Database.prototype.backup = function (this: Database.Database, ...args: Parameters<typeof backup>) {
    kept.add(this);
    if (!watched) {
      watched = true;
      type Native = { backup(...args: unknown[]): object };
      const native = Object.getOwnPropertySymbols(this).map(
        (s) => (this as unknown as Record<symbol, unknown>)[s],
      );
      const proto = Object.getPrototypeOf(
        native.find((n) => typeof (n as Partial<Native> | null)?.backup === 'function'),
      ) as Native;
      const make = proto.backup;
      proto.backup = function (this: Native, ...given: unknown[]) {
        const copy = make.apply(this, given);
        kept.add(copy);
        return copy;
      };
    }
    return backup.apply(this, args);
  };
  // The driver's own would drop its statement.
  Database.prototype.pragma = function (
    this: Database.Database,
    source: string,
    options?: Database.PragmaOptions,
  ): unknown {
    const statement = this.prepare(`PRAGMA ${source}`);
    if (!statement.reader) return (statement.run(), options?.simple ? undefined : []);
    return options?.simple ? statement.pluck().get() : statement.all();
  };
}
export default Database;
