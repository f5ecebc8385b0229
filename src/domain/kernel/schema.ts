/** Schemas as generic code holds them. */
import type { z } from 'zod';

/**
 * A schema of which no more is known than what it reads, and what is sent for it. Zod's own `ZodType` says as
 * much with sixty methods, each of which answers another kind of schema: comparing one schema with it costs
 * the compiler a second.
 */
export interface Schema<D = unknown, I = unknown> extends z.core.$ZodType<D, I> {
  parse(data: unknown): D;
  safeParse(data: unknown): z.ZodSafeParseResult<D>;
}
