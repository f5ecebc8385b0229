/** What a schema says of a value, as far as an answer looks that is shown to people. */
import { z } from 'zod';

export type AnySchema = z.core.$ZodType;

/** Without what only says that it may be null or left out. */
export function bare(schema: AnySchema | undefined): AnySchema | undefined {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable || inner instanceof z.ZodDefault)
    inner = inner.unwrap();
  return inner;
}
export const described = (schema: AnySchema | undefined): string =>
  (schema && z.globalRegistry.get(schema)?.description) ?? '';
