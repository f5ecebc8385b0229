/**
 * The public port of a node: a TCP relay before its server, so that a node can refuse, freeze with its
 * sockets open, or die by reset as a killed process does, all inside one process.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Relay {
  #server: Server | undefined;
  #pairs = new Set<{ near: Socket; far: Socket | undefined }>();
  #frozen = false;
  refusing = false;
  target = 0;
  port: number;

  constructor(port = 0) {
    this.port = port;
  }

  async listen(): Promise<void> {
    const server = createServer({ noDelay: true }, (near) => this.#accept(near));
    this.#server = server;
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(this.port, '127.0.0.1', resolve),
    );
    this.port = (server.address() as { port: number }).port;
  }

  #accept(near: Socket): void {
    near.on('error', () => {});
    if (this.refusing) return void near.resetAndDestroy();
    const pair: { near: Socket; far: Socket | undefined } = { near, far: undefined };
    this.#pairs.add(pair);
    near.once('close', () => {
      this.#pairs.delete(pair);
      pair.far?.destroy();
    });
    // A frozen machine's kernel still accepts; nobody reads what comes.
    if (this.#frozen) near.pause();
    else this.#join(pair);
  }

  #join(pair: { near: Socket; far: Socket | undefined }): void {
    const { near } = pair;
    const far = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    pair.far = far;
    far.on('error', () => {});
    far.once('close', () => near.destroy());
    const carry = (from: Socket, to: Socket): void => {
      from.on('data', (chunk: Buffer) => {
        if (!to.write(chunk)) {
          from.pause();
          to.once('drain', () => this.#frozen || from.resume());
        }
      });
      from.once('end', () => to.end());
    };
    carry(near, far);
    carry(far, near);
    near.resume();
  }

  freeze(): void {
    this.#frozen = true;
    for (const { near, far } of this.#pairs) {
      near.pause();
      far?.pause();
    }
  }
  thaw(): void {
    this.#frozen = false;
    for (const pair of this.#pairs) {
      if (!pair.far) this.#join(pair);
      else {
        pair.near.resume();
        pair.far.resume();
      }
    }
  }
  /** Every connection is reset; the port stays open. */
  reset(): void {
    for (const { near } of [...this.#pairs]) near.resetAndDestroy();
  }
  /** As a process that was killed: connections reset, the port closed. */
  async kill(): Promise<void> {
    this.#frozen = false;
    const closed = new Promise<void>((resolve) =>
      this.#server ? this.#server.close(() => resolve()) : resolve(),
    );
    this.reset();
    await closed;
    this.#server = undefined;
  }
}
