// A process that is started again when it ends. The pause doubles while it does not become ready; one that
// never does is given up.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const [shortest, longest, patience] = [250, 10_000, 8];

export class Kept {
  #child;
  #ending = false;
  #failures = 0;
  #timer;
  /** What it said when it was first ready. */
  first;
  #settle = {};

  /**
   * `args(ready)` gives the arguments; `ready` is what it said when it was last ready, undefined before.
   * `say({name, what, ...})` hears of every end and every start but the first; `gaveUp(error)` that it never
   * became ready.
   */
  constructor(name, { cwd, args, say, gaveUp }) {
    Object.assign(this, { name, cwd, args, say, gaveUp });
    this.first = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.first.catch(() => {});
    this.#start(undefined);
  }
  get pid() {
    return this.#child?.pid;
  }

  #start(before) {
    let ready = before;
    // With a channel: it ends when this process does, however that ends.
    const child = spawn(process.execPath, ['--import=tsx', ...this.args(before)], {
      cwd: this.cwd,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (text) => {
      if (!text.startsWith('{')) return console.log(text);
      this.#failures = 0;
      ready = JSON.parse(text);
      if (before) this.say({ name: this.name, what: 'ready', pid: child.pid });
      else this.#settle.resolve(ready);
    });
    child.once('exit', (code, signal) => {
      if (this.#ending) return;
      const wait = Math.min(shortest * 2 ** this.#failures, longest);
      if (++this.#failures > patience) {
        const error = new Error(
          `${this.name} ended ${patience + 1} times without becoming ready; the last time with ` +
            `${signal ?? code}`,
        );
        this.#settle.reject(error);
        return this.gaveUp(error);
      }
      this.say({ name: this.name, what: 'ended', with: signal ?? code, again: `in ${wait} ms` });
      this.#timer = setTimeout(() => this.#start(ready), wait);
    });
  }

  end() {
    this.#ending = true;
    clearTimeout(this.#timer);
    this.#child?.kill('SIGTERM');
  }
}
