/** A command of the CLI run in this process: what it failed with, and the exit code it asked for. */
import type { Command } from 'commander';

export async function run(command: Command, ...args: string[]): Promise<{ code: number; failed: string }> {
  const failed = await command.parseAsync(args, { from: 'user' }).then(
    () => '',
    (error: Error) => error.message,
  );
  const code = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return { code, failed };
}
