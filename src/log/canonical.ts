/**
 * RFC 8785 canonical JSON, written for the path of every command: the library takes three times as long. A
 * property test holds it to the library's answers, and `verify` checks stored events with the library itself.
 */

/**
 * Canonical text of a JSON value; members that are undefined are left out. Throws for what JSON cannot hold
 * exactly.
 */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} cannot stand in JSON`);
      return String(value === 0 ? 0 : value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? list(value) : members(value as Record<string, unknown>);
    default:
      throw new TypeError(`a ${typeof value} cannot stand in JSON`);
  }
}

// What needs an escape, or is half of a character: nearly no text does.
const special = /["\\\u0000-\u001f\ud800-\udfff]/;

function text(value: string): string {
  if (!special.test(value)) return `"${value}"`;
  if (!value.isWellFormed())
    throw new TypeError('half of a character (a lone surrogate) cannot stand in JSON');
  return JSON.stringify(value);
}

function list(values: readonly unknown[]): string {
  let out = '[';
  for (let i = 0; i < values.length; i++)
    out += (i > 0 ? ',' : '') + (values[i] === undefined ? 'null' : canonical(values[i]));
  return `${out}]`;
}

function members(object: Record<string, unknown>): string {
  let out = '';
  // By UTF-16 code units, as the default order of strings is.
  for (const key of Object.keys(object).sort()) {
    const value = object[key];
    if (value !== undefined) out += `${out ? ',' : ''}${text(key)}:${canonical(value)}`;
  }
  return `{${out}}`;
}
