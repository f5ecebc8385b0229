/** The logger of a process: a line of JSON for each thing that operators are told. */
import { pino, stdSerializers, type DestinationStream, type Logger, type LevelWithSilent } from 'pino';

/**
 * Lines of this level and graver, to standard output where no stream is given. What is told of a request is
 * made in `RequestLog`: its headers, where its token is, and its body are nowhere.
 */
export function makeLogger(level: LevelWithSilent, stream?: DestinationStream): Logger {
  const options = { level, serializers: { err: stdSerializers.err } };
  return stream ? pino(options, stream) : pino(options);
}
